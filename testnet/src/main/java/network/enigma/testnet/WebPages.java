package network.enigma.testnet;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import network.enigma.protocol.EnigmaException;
import network.enigma.protocol.ErrorCode;
import network.enigma.protocol.Keccak;

/**
 * The built files of a web page on the class path, as they are served: with a type, a tag of their
 * content, and how long browsers may keep them.
 */
final class WebPages {
  private static final String ROOT = "network/enigma/web/";
  private static final String INDEX = "index.html";

  /** Names have a hash of their content in this folder, so that a new build has new names. */
  private static final String HASHED = "assets/";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final int TAG_CHARACTERS = 32;

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "ico", "image/x-icon",
          "json", "application/json",
          "txt", "text/plain; charset=utf-8",
          "wasm", "application/wasm");

  /**
   * A file as it is served.
   *
   * @param tag strong entity tag, with its quotes (RFC 9110 §8.8.3)
   */
  record Asset(byte[] content, String type, String tag, String caching) {
    Asset {
      content = content.clone();
    }

    @Override
    public byte[] content() {
      return content.clone();
    }
  }

  private final String folder;
  private final ClassLoader loader;
  private final Map<String, Optional<Asset>> assets = new ConcurrentHashMap<>();

  /**
   * @param name folder of the page below {@code network/enigma/web} in the jar of module web
   */
  WebPages(String name) {
    this(name, WebPages.class.getClassLoader());
  }

  WebPages(String name, ClassLoader loader) {
    this.folder = ROOT + name + "/";
    this.loader = loader;
  }

  /** The page itself; empty if the module web was not built. */
  Optional<Asset> index() {
    return find(INDEX);
  }

  /**
   * A file of the page.
   *
   * @param path relative to the page, without a leading slash; any text
   */
  Optional<Asset> find(String path) {
    for (String segment : path.split("/", -1)) {
      if (!NAME.matcher(segment).matches()) {
        return Optional.empty();
      }
    }
    int dot = path.lastIndexOf('.');
    String type = dot < 0 ? null : TYPES.get(path.substring(dot + 1));
    return type == null ? Optional.empty() : assets.computeIfAbsent(path, each -> load(each, type));
  }

  private Optional<Asset> load(String path, String type) {
    try (InputStream in = loader.getResourceAsStream(folder + path)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] content = in.readAllBytes();
      String hash = HexFormat.of().formatHex(Keccak.hash(content).toByteArray());
      return Optional.of(
          new Asset(
              content,
              type,
              '"' + hash.substring(0, TAG_CHARACTERS) + '"',
              path.startsWith(HASHED) ? "public, max-age=31536000, immutable" : "no-cache"));
    } catch (IOException e) {
      throw new EnigmaException(ErrorCode.FILE_NOT_READABLE, "cannot read " + folder + path, e);
    }
  }

  /** A short text as an asset that must not be kept. */
  static Asset text(String type, String text) {
    return new Asset(text.getBytes(StandardCharsets.UTF_8), type, "", "no-store");
  }
}
