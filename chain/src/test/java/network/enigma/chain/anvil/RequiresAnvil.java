package network.enigma.chain.anvil;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import network.enigma.protocol.EnigmaException;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips a test class when anvil is not installed, and says so. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresAnvil.Installed.class)
public @interface RequiresAnvil {
  /** The condition. */
  final class Installed implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      try {
        return ConditionEvaluationResult.enabled("anvil is at " + Anvil.executable());
      } catch (EnigmaException e) {
        return ConditionEvaluationResult.disabled(e.getMessage() + ": " + e.code().remedy());
      }
    }
  }
}
