package network.enigma.protocol.crypto;

import java.math.BigInteger;
import java.util.Arrays;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECAlgorithms;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** The same in Java, for machines without the native library. */
final class PortableSecp256k1 implements Secp256k1Engine {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256k1");
  private static final ECDomainParameters DOMAIN =
      new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());

  @Override
  public boolean isValidPrivateKey(byte[] privateKey) {
    if (privateKey.length != 32) {
      return false;
    }
    BigInteger number = new BigInteger(1, privateKey);
    return number.signum() > 0 && number.compareTo(Signature.ORDER) < 0;
  }

  @Override
  public byte[] publicKey(byte[] privateKey) {
    return new FixedPointCombMultiplier()
        .multiply(CURVE.getG(), new BigInteger(1, privateKey))
        .getEncoded(false);
  }

  @Override
  public byte[] sign(byte[] privateKey, byte[] publicKey, byte[] digest) {
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
    signer.init(true, new ECPrivateKeyParameters(new BigInteger(1, privateKey), DOMAIN));
    BigInteger[] rs = signer.generateSignature(digest);
    BigInteger s =
        rs[1].compareTo(Signature.HALF_ORDER) > 0 ? Signature.ORDER.subtract(rs[1]) : rs[1];
    byte[] signature = new byte[65];
    System.arraycopy(word(rs[0]), 0, signature, 0, 32);
    System.arraycopy(word(s), 0, signature, 32, 32);
    byte[] compact = Arrays.copyOf(signature, 64);
    signature[64] = (byte) (Arrays.equals(publicKey, recoverOrEmpty(digest, compact, 0)) ? 0 : 1);
    return signature;
  }

  @Override
  public byte[] recover(byte[] digest, byte[] compactSignature, int recoveryId) {
    byte[] key = recoverOrEmpty(digest, compactSignature, recoveryId);
    if (key.length == 0) {
      throw new EnigmaException(ErrorCode.BAD_SIGNATURE, "no key can have made the signature");
    }
    return key;
  }

  private static byte[] recoverOrEmpty(byte[] digest, byte[] compact, int recoveryId) {
    BigInteger r = new BigInteger(1, compact, 0, 32);
    BigInteger s = new BigInteger(1, compact, 32, 32);
    byte[] encoded = new byte[33];
    encoded[0] = (byte) (2 + recoveryId);
    System.arraycopy(compact, 0, encoded, 1, 32);
    ECPoint point;
    try {
      point = CURVE.getCurve().decodePoint(encoded);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
    BigInteger inverse = r.modInverse(Signature.ORDER);
    BigInteger u1 =
        new BigInteger(1, digest)
            .negate()
            .mod(Signature.ORDER)
            .multiply(inverse)
            .mod(Signature.ORDER);
    BigInteger u2 = s.multiply(inverse).mod(Signature.ORDER);
    ECPoint key = ECAlgorithms.sumOfTwoMultiplies(CURVE.getG(), u1, point, u2).normalize();
    return key.isInfinity() ? new byte[0] : key.getEncoded(false);
  }

  private static byte[] word(BigInteger number) {
    byte[] minimal = number.toByteArray();
    byte[] word = new byte[32];
    int length = Math.min(32, minimal.length);
    System.arraycopy(minimal, minimal.length - length, word, 32 - length, length);
    return word;
  }
}
