package network.enigma.acceptance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The layers, the pure modules and the trust boundary of docs/protocol.md section 2, as rules the
 * build keeps.
 */
class ArchitectureTest {
  /**
   * Lowest first; a module may use only those before it. The name is also the package below
   * network.enigma.
   */
  private static final List<String> LAYERS =
      List.of(
          "contracts",
          "protocol",
          "ethereum",
          "attestation",
          "runtime",
          "tee",
          "keymanager",
          "enclave",
          "platform",
          "chain",
          "node",
          "client",
          "testnet",
          "cli");

  private static final List<String> PURE =
      List.of("protocol", "ethereum", "attestation", "runtime", "tee", "keymanager", "enclave");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("network.enigma");

  @TestFactory
  Stream<DynamicTest> aModuleUsesOnlyTheModulesBelowIt() {
    return LAYERS.stream()
        .map(layer ->
            DynamicTest.dynamicTest(
                layer,
                () -> {
                  List<String> above = LAYERS.subList(LAYERS.indexOf(layer) + 1, LAYERS.size());
                  check(
                      noClasses()
                          .that()
                          .resideInAPackage(packages(layer))
                          .should()
                          .dependOnClassesThat()
                          .resideInAnyPackage(
                              above.stream()
                                  .map(ArchitectureTest::packages)
                                  .toArray(String[]::new)));
                }));
  }

  @TestFactory
  Stream<DynamicTest> aPureModuleTouchesNoNetworkFileOrClock() {
    return PURE.stream()
        .map(layer ->
            DynamicTest.dynamicTest(
                layer,
                () -> {
                  check(
                      noClasses()
                          .that()
                          .resideInAPackage(packages(layer))
                          .should()
                          .dependOnClassesThat()
                          .resideInAnyPackage(
                              "java.net..",
                              "java.net.http..",
                              "java.nio.file..",
                              "java.nio.channels..",
                              "java.sql..",
                              "java.util.logging..",
                              "org.slf4j.."));
                  check(
                      noClasses()
                          .that()
                          .resideInAPackage(packages(layer))
                          .should()
                          .dependOnClassesThat(
                              named(
                                  "java.io.File",
                                  "java.io.FileInputStream",
                                  "java.io.FileOutputStream",
                                  "java.io.RandomAccessFile",
                                  "java.time.Clock",
                                  "java.lang.ProcessBuilder",
                                  "java.lang.Process")));
                  check(
                      noClasses()
                          .that()
                          .resideInAPackage(packages(layer))
                          .should()
                          .callMethod(System.class, "currentTimeMillis")
                          .orShould()
                          .callMethod(java.time.Instant.class, "now"));
                }));
  }

  /** Rule T1: the host side sees the channel and its messages, nothing of what lies behind it. */
  @Test
  void theHostSeesOneClassOfTheTrustedSide() {
    check(
        noClasses()
            .that()
            .resideInAPackage(packages("node"))
            .should()
            .dependOnClassesThat(
                resideInAPackage(packages("tee"))
                    .or(resideInAPackage(packages("enclave")))
                    .or(resideInAPackage(packages("keymanager")))
                    .or(resideInAPackage(packages("runtime")))
                    .or(
                        resideInAPackage(packages("platform"))
                            .and(
                                DescribedPredicate.not(
                                    named("network.enigma.platform.EnclaveChannel"))))));
  }

  @Test
  void theClientTrustsOnlyFormatsChainAndEvidence() {
    check(
        classes()
            .that()
            .resideInAPackage(packages("client"))
            .should()
            .onlyDependOnClassesThat(
                DescribedPredicate.not(resideInAPackage("network.enigma.."))
                    .or(resideInAPackage(packages("client")))
                    .or(resideInAPackage(packages("contracts")))
                    .or(resideInAPackage(packages("protocol")))
                    .or(resideInAPackage(packages("ethereum")))
                    .or(resideInAPackage(packages("attestation")))
                    .or(resideInAPackage(packages("chain")))));
  }

  /** The enclave process gets only jars on this list: whatever joins it joins the trusted code. */
  @Test
  void theEnclaveDistributionHasOnlyTheListedJars() throws IOException {
    List<String> allowed =
        List.of(
            "bcprov-jdk18on",
            "enigma-attestation",
            "enigma-contracts",
            "enigma-enclave",
            "enigma-ethereum",
            "enigma-keymanager",
            "enigma-platform",
            "enigma-protocol",
            "enigma-runtime",
            "enigma-runtime-evm",
            "enigma-tee",
            "gson",
            "error_prone_annotations",
            "headlong",
            "jspecify",
            "kotlin-stdlib",
            "annotations",
            "secp256k1-kmp-jvm",
            "secp256k1-kmp-jni-common",
            "secp256k1-kmp-jni-jvm",
            "secp256k1-kmp-jni-jvm-extract",
            "secp256k1-kmp-jni-jvm-linux",
            "secp256k1-kmp-jni-jvm-mingw",
            "slf4j-api");
    try (Stream<Path> jars = Files.list(Path.of("..", "platform", "target", "enclave-lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString().replace(".jar", "")))
          .isNotEmpty()
          .isSubsetOf(allowed);
    }
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }

  private static String packages(String layer) {
    return "network.enigma." + layer + "..";
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    List<String> all = List.of(names);
    return DescribedPredicate.describe(
        "named " + String.join(", ", all), type -> all.contains(type.getName()));
  }
}
