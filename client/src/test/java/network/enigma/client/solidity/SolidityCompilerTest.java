package network.enigma.client.solidity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import network.enigma.client.author.StorageLayout;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SolidityCompilerTest {
  private static final Path HOME = home();

  @TempDir Path directory;

  private final SolidityCompiler compiler = new SolidityCompiler(HOME);

  private static Path home() {
    Path place = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(place.resolve("node_modules"))) {
      place = java.util.Objects.requireNonNull(place.getParent());
    }
    return place;
  }

  private Path source(String name, String text) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.0;\n" + text);
  }

  @Test
  void aContractIsCompiledToItsInterfaceAndCreationCode() throws IOException {
    Path file =
        source("Box.sol", "contract Box { uint public value; constructor(uint v) { value = v; } }");

    CompiledContract box = compiler.compile(file, null);

    assertThat(box.name()).isEqualTo("Box");
    assertThat(box.abi().signatures()).containsExactly("value()");
    assertThat(box.bytecode().length()).isGreaterThan(50);
  }

  @Test
  void theConsoleComesWithTheProductAlsoUnderHardhatsName() throws IOException {
    for (String name : new String[] {"enigma/console.sol", "hardhat/console.sol"}) {
      Path file =
          source(
              "Talk.sol",
              """
              import "%s";
              contract Talk {
                function add(uint a, uint b) public pure returns (uint) {
                  console.log("adding %%s and %%s", a, b);
                  return a + b;
                }
              }
              """
                  .formatted(name));
      assertThat(compiler.compile(file, null).name()).isEqualTo("Talk");
    }
  }

  @Test
  void theLayoutOfStorageComesWithACompiledContract() throws IOException {
    Path file = source("Box.sol", "contract Box { uint private a; bool private b; }");
    assertThat(StorageLayout.parse(compiler.compile(file, null).layout()).names())
        .containsExactly("a", "b");
  }

  @Test
  void importsComeFromTheProductThePackagesAndBesideTheSource() throws IOException {
    source("Base.sol", "contract Base { function one() public pure returns (uint) { return 1; } }");
    Path file =
        source(
            "Token.sol",
            """
            import "enigma/Secret.sol";
            import "@openzeppelin/contracts/utils/math/Math.sol";
            import "./Base.sol";
            contract Token is Base { function two() public pure returns (uint) { return Math.max(1, 2); } }
            """);

    assertThat(compiler.compile(file, null).abi().signatures()).contains("one()", "two()");
  }

  @Test
  void theSamplesThatComeWithTheProductCompile() {
    assertThat(compiler.compileSample("samples/Millionaires.sol").abi().signatures())
        .contains("submit(uint256)", "announceRichest(address)");
    assertThat(compiler.compileSample("samples/RichestBoard.sol").name()).isEqualTo("RichestBoard");
  }

  @Test
  void theCompilersMessagesAreShownInFull() throws IOException {
    Path file = source("Broken.sol", "contract Broken { uint x = true; string y = 1; }");

    failed(() -> compiler.compile(file, null), ErrorCode.COMPILATION_FAILED)
        .hasMessageContaining("Broken.sol:3:28")
        .hasMessageContaining("uint x = true")
        .hasMessageContaining("string y = 1");
  }

  @Test
  void aMissingImportIsNamed() throws IOException {
    Path file = source("Lost.sol", "import \"./Nowhere.sol\"; contract Lost {}");

    failed(() -> compiler.compile(file, null), ErrorCode.COMPILATION_FAILED)
        .hasMessageContaining("Nowhere.sol");
  }

  @Test
  void ofSeveralContractsTheOneNamedLikeTheFileIsTakenUnlessAnotherIsAskedFor() throws IOException {
    Path file = source("Two.sol", "contract One { uint a; } contract Two { uint b; }");

    assertThat(compiler.compile(file, null).name()).isEqualTo("Two");
    assertThat(compiler.compile(file, "One").name()).isEqualTo("One");
    failed(() -> compiler.compile(file, "Three"), ErrorCode.COMPILATION_FAILED)
        .hasMessageContaining("One, Two");
  }

  @Test
  void anInterfaceAloneCannotBeDeployed() throws IOException {
    Path file = source("Idea.sol", "interface Idea { function f() external; }");

    failed(() -> compiler.compile(file, null), ErrorCode.COMPILATION_FAILED)
        .hasMessageContaining("no contract that can be deployed");
  }

  @Test
  void artifactsOfOtherToolsAreRead() throws IOException {
    Path plain =
        Files.writeString(directory.resolve("A.json"), "{\"abi\":[],\"bytecode\":\"0x6000\"}");
    Path nested =
        Files.writeString(
            directory.resolve("B.json"), "{\"abi\":[],\"bytecode\":{\"object\":\"0x6001\"}}");

    assertThat(compiler.load(plain, null).bytecode().hex()).isEqualTo("0x6000");
    assertThat(compiler.load(nested, null).bytecode().hex()).isEqualTo("0x6001");
  }

  @Test
  void somethingThatIsNoArtifactIsRefused() throws IOException {
    Path unlinked =
        Files.writeString(
            directory.resolve("C.json"), "{\"abi\":[],\"bytecode\":\"0x60__$ab$__\"}");
    Path text = Files.writeString(directory.resolve("D.json"), "hello");

    failed(() -> compiler.load(unlinked, null), ErrorCode.COMPILATION_FAILED);
    failed(() -> compiler.load(text, null), ErrorCode.COMPILATION_FAILED);
    failed(() -> compiler.load(directory.resolve("none.json"), null), ErrorCode.FILE_NOT_READABLE);
    failed(() -> compiler.load(directory.resolve("none.sol"), null), ErrorCode.FILE_NOT_READABLE);
  }

  @Test
  void withoutTheCompilerTheErrorSaysWhatToInstall() throws IOException {
    Path file = source("Box.sol", "contract Box {}");

    failed(
            () -> new SolidityCompiler(directory, Map.of()).compile(file, null),
            ErrorCode.COMPILER_MISSING)
        .hasMessageContaining("npm ci");
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ? extends Throwable> failed(
      ThrowingCallable call, ErrorCode code) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(EnigmaException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
