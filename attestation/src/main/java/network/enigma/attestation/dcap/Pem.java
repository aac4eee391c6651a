package network.enigma.attestation.dcap;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import network.enigma.attestation.Reason;
import network.enigma.attestation.Refusal;
import network.enigma.protocol.Bytes;

/**
 * Certificates in PEM (RFC 7468, strict form): lines of 64 characters, one line feed each, one form
 * of base64 only. Lenient readers skip what they do not know, which lets bytes change unnoticed.
 */
final class Pem {
  private static final String HEAD = "-----BEGIN CERTIFICATE-----";
  private static final String FOOT = "-----END CERTIFICATE-----";
  private static final int LINE = 64;

  private Pem() {}

  /**
   * The certificates in DER, in their order.
   *
   * @param maximum of certificates
   */
  static List<Bytes> certificates(Bytes pem, int maximum, Reason.Code otherwise) throws Refusal {
    String text = new String(pem.toByteArray(), StandardCharsets.ISO_8859_1);
    // Intel's quoting library ends the text as C does.
    if (text.endsWith("\0")) {
      text = text.substring(0, text.length() - 1);
    }
    List<Bytes> certificates = new ArrayList<>();
    int position = 0;
    while (position < text.length()) {
      if (certificates.size() == maximum) {
        throw new Refusal(otherwise, "more than " + maximum + " certificates");
      }
      int body = position + HEAD.length() + 1;
      int foot = text.indexOf('\n' + FOOT, body);
      if (!text.startsWith(HEAD + '\n', position) || foot < 0) {
        throw new Refusal(otherwise, "certificates that are not in PEM");
      }
      certificates.add(decode(text.substring(body, foot), otherwise));
      position = foot + 1 + FOOT.length();
      if (position < text.length() && text.charAt(position++) != '\n') {
        throw new Refusal(otherwise, "certificates that are not in PEM");
      }
    }
    return certificates;
  }

  private static Bytes decode(String body, Reason.Code otherwise) throws Refusal {
    StringBuilder base64 = new StringBuilder();
    for (int start = 0; start < body.length(); start += LINE + 1) {
      int end = Math.min(body.length(), start + LINE);
      if (end < body.length() && body.charAt(end) != '\n') {
        throw new Refusal(otherwise, "a line of PEM that has not " + LINE + " characters");
      }
      base64.append(body, start, end);
    }
    try {
      byte[] der = Base64.getDecoder().decode(base64.toString());
      if (Base64.getEncoder().encodeToString(der).contentEquals(base64)) {
        return Bytes.of(der);
      }
    } catch (IllegalArgumentException e) {
      // Refused below, with the same words.
    }
    throw new Refusal(otherwise, "a certificate that is not in base64");
  }
}
