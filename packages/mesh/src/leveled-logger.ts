/** What the mesh may say, from least to most; each with those before it. */
export const logLevels = ["off", "warn", "info", "debug"] as const;

/** How much the mesh says. */
export type LogLevel = (typeof logLevels)[number];

/** Where the mesh says what a person should know: `console`, a logger of pino's, or anything with `warn`. */
export interface Logger {
  /** What somebody has to look at. */
  warn(message: string): void;
  /** What has changed; goes to `warn` where it is missing. */
  info?(message: string): void;
  /** Why the mesh does what it does; goes to `info` where it is missing. */
  debug?(message: string): void;
}

/** A logger that says no more than its level. */
export interface LeveledLogger {
  /** May be changed at any time. */
  level: LogLevel;
  warn(message: string): void;
  info(message: string): void;
  /** The text is made only where it is said. */
  debug(message: () => string): void;
}

/** Lets through to `logger` what `level` asks for. */
export function createLeveledLogger(logger: Logger, level: LogLevel): LeveledLogger {
  const says = (asked: LogLevel): boolean => logLevels.indexOf(asked) <= logLevels.indexOf(leveled.level);
  const info = (message: string): void => (logger.info === undefined ? logger.warn(message) : logger.info(message));
  const leveled: LeveledLogger = {
    level,
    warn(message) {
      if (says("warn")) logger.warn(message);
    },
    info(message) {
      if (says("info")) info(message);
    },
    debug(message) {
      if (!says("debug")) return;
      const text = message();
      if (logger.debug === undefined) info(text);
      else logger.debug(text);
    },
  };
  return leveled;
}

/** True for a word that is a level. */
export function isLogLevel(word: string | null): word is LogLevel {
  return logLevels.some((level) => level === word);
}
