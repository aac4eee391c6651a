package network.enigma.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;

/**
 * Sends what the parts of a testnet log to its files: enclave.log for the trusted cores, host.log
 * for all else.
 */
final class LogFiles {
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%thread] %logger{30} %msg%n";
  private static final List<String> TRUSTED =
      List.of(
          "network.enigma.enclave",
          "network.enigma.keymanager",
          "network.enigma.tee",
          "network.enigma.runtime");

  private LogFiles() {}

  static void open(Path directory) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    FileAppender<ILoggingEvent> enclave = appender(context, directory.resolve("enclave.log"));
    FileAppender<ILoggingEvent> host = appender(context, directory.resolve("host.log"));
    for (String name : TRUSTED) {
      Logger logger = context.getLogger(name);
      logger.setLevel(Level.INFO);
      logger.setAdditive(false);
      logger.addAppender(enclave);
    }
    Logger all = context.getLogger("network.enigma");
    all.setLevel(Level.INFO);
    all.setAdditive(false);
    all.addAppender(host);
    libraries();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(host);
  }

  /** Libraries that log by java.util.logging write to the same files. */
  private static void libraries() {
    java.util.logging.Logger root = java.util.logging.Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    root.addHandler(new Forwarding());
  }

  /** Hands records of java.util.logging on. */
  private static final class Forwarding extends Handler {
    private static final int WARNING = java.util.logging.Level.WARNING.intValue();

    @Override
    public void publish(LogRecord logged) {
      org.slf4j.Logger logger =
          LoggerFactory.getLogger(
              logged.getLoggerName() == null ? "library" : logged.getLoggerName());
      String message = new SimpleFormatter().formatMessage(logged);
      if (logged.getLevel().intValue() >= WARNING) {
        logger.warn(message, logged.getThrown());
      } else {
        logger.debug(message, logged.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  private static FileAppender<ILoggingEvent> appender(LoggerContext context, Path file) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(PATTERN);
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
