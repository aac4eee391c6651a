package network.enigma.runtime.evm;

import java.math.BigInteger;
import java.util.Arrays;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.math.ec.ECCurve;

/**
 * The precompiled contract at 0x100 (EIP-7951): checks a P-256 signature. Input: hash, r, s, x and
 * y of the public key, 32 bytes each; output: 1 as a word if it is valid, nothing otherwise.
 */
final class P256Verification implements Precompile {
  private static final X9ECParameters CURVE = CustomNamedCurves.getByName("secp256r1");
  private static final ECDomainParameters DOMAIN =
      new ECDomainParameters(CURVE.getCurve(), CURVE.getG(), CURVE.getN(), CURVE.getH());

  @Override
  public long gas(byte[] input) {
    return 6_900;
  }

  @Override
  public byte[] run(byte[] input) {
    if (input.length != 160) {
      return Frame.NOTHING;
    }
    BigInteger r = new BigInteger(1, input, 32, 32);
    BigInteger s = new BigInteger(1, input, 64, 32);
    BigInteger x = new BigInteger(1, input, 96, 32);
    BigInteger y = new BigInteger(1, input, 128, 32);
    ECCurve curve = CURVE.getCurve();
    BigInteger prime = curve.getField().getCharacteristic();
    if (!isScalar(r)
        || !isScalar(s)
        || x.compareTo(prime) >= 0
        || y.compareTo(prime) >= 0
        || !curve.createPoint(x, y).isValid()) {
      return Frame.NOTHING;
    }
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, new ECPublicKeyParameters(curve.createPoint(x, y), DOMAIN));
    if (!verifier.verifySignature(Arrays.copyOf(input, 32), r, s)) {
      return Frame.NOTHING;
    }
    byte[] valid = new byte[32];
    valid[31] = 1;
    return valid;
  }

  private static boolean isScalar(BigInteger number) {
    return number.signum() > 0 && number.compareTo(CURVE.getN()) < 0;
  }
}
