package network.enigma.attestation.dcap;

import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import network.enigma.attestation.Refusal;
import network.enigma.attestation.Trait;
import network.enigma.protocol.Bytes;

/**
 * What Intel certified about a machine: extension 1.2.840.113741.1.13.1 of its certificate.
 *
 * @param ppid identifier of the platform, never shown
 * @param components 16 security versions
 * @param pceSvn of the provisioning certification enclave
 * @param pceId 2 bytes
 * @param fmspc 6 bytes: family, model, stepping, platform type, custom SKU
 * @param traits dynamic platform, cached keys, multithreading
 */
record PckFacts(
    Bytes ppid, Bytes components, int pceSvn, Bytes pceId, Bytes fmspc, Set<Trait> traits) {
  static final String EXTENSION = "1.2.840.113741.1.13.1";

  /** The content of the object identifier {@link #EXTENSION} in DER. */
  static final Bytes EXTENSION_CONTENT = Bytes.fromHex("2a864886f84d010d01");

  private static final int COMPONENTS = 16;
  private static final int TCB = 2;
  private static final int PCE_SVN = 17;
  private static final int CPU_SVN = 18;

  PckFacts {
    traits = Collections.unmodifiableSet(traits);
  }

  static PckFacts of(X509Certificate certificate) throws Refusal {
    byte[] extension = certificate.getExtensionValue(EXTENSION);
    if (extension == null) {
      throw Der.malformed("it has no SGX extension");
    }
    return read(Der.single(Der.single(Bytes.of(extension)).expect(Der.OCTETS)));
  }

  static PckFacts read(Der extension) throws Refusal {
    Map<Integer, Der> fields = fields(extension, EXTENSION_CONTENT);
    Map<Integer, Der> tcb =
        fields(required(fields, TCB), Bytes.concat(EXTENSION_CONTENT, Bytes.of(new byte[] {TCB})));
    byte[] components = new byte[COMPONENTS];
    for (int i = 0; i < COMPONENTS; i++) {
      int version = required(tcb, i + 1).uint16(Der.INTEGER);
      if (version > 0xff) {
        throw Der.malformed("a security version above 255");
      }
      components[i] = (byte) version;
    }
    required(tcb, CPU_SVN).octets(16);
    required(fields, 5).uint16(Der.ENUMERATED);
    return new PckFacts(
        required(fields, 1).octets(16),
        Bytes.of(components),
        required(tcb, PCE_SVN).uint16(Der.INTEGER),
        required(fields, 3).octets(2),
        required(fields, 4).octets(6),
        configuration(fields));
  }

  private static Set<Trait> configuration(Map<Integer, Der> fields) throws Refusal {
    EnumSet<Trait> traits = EnumSet.noneOf(Trait.class);
    if (fields.containsKey(6)) {
      required(fields, 6).octets(16);
    }
    if (fields.containsKey(7)) {
      Map<Integer, Der> configuration =
          fields(required(fields, 7), Bytes.concat(EXTENSION_CONTENT, Bytes.of(new byte[] {7})));
      note(configuration, 1, Trait.DYNAMIC_PLATFORM, traits);
      note(configuration, 2, Trait.CACHED_KEYS, traits);
      note(configuration, 3, Trait.MULTITHREADING, traits);
    }
    return traits;
  }

  private static void note(
      Map<Integer, Der> configuration, int number, Trait trait, EnumSet<Trait> traits)
      throws Refusal {
    Der flag = configuration.get(number);
    if (flag != null && flag.flag()) {
      traits.add(trait);
    }
  }

  private static Der required(Map<Integer, Der> fields, int number) throws Refusal {
    Der field = fields.get(number);
    if (field == null) {
      throw Der.malformed("field " + number + " of its SGX extension is missing");
    }
    return field;
  }

  /** The fields of a sequence of pairs, by the last number of their object identifiers. */
  private static Map<Integer, Der> fields(Der sequence, Bytes prefix) throws Refusal {
    Map<Integer, Der> fields = new HashMap<>();
    for (Der pair : sequence.sequence()) {
      List<Der> parts = pair.sequence();
      if (parts.size() != 2) {
        throw Der.malformed("a field of its SGX extension is no pair");
      }
      Bytes identifier = parts.getFirst().expect(Der.OBJECT_IDENTIFIER);
      int last = identifier.length() - 1;
      if (last != prefix.length() || !identifier.slice(0, last).equals(prefix)) {
        throw Der.malformed("a foreign field in its SGX extension");
      }
      if (fields.put((int) identifier.get(last), parts.getLast()) != null) {
        throw Der.malformed("a field of its SGX extension is there twice");
      }
    }
    return fields;
  }
}
