const ENG_DECIMALS = 8;

/** An amount in units of 10⁻⁸ ENG as people write it. */
export function eng(amount: bigint): string {
  const sign = amount < 0n ? '−' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(ENG_DECIMALS + 1, '0');
  const whole = digits.slice(0, -ENG_DECIMALS);
  const rest = digits.slice(-ENG_DECIMALS).replace(/0+$/, '');
  return sign + whole.replace(/\B(?=(\d{3})+$)/g, ' ') + (rest ? `.${rest}` : '');
}

/** A whole number with narrow spaces between thousands. */
export function count(value: number | bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, ' ');
}

export function plural(value: number | bigint, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 || value === 1n ? one : many}`;
}

/** The ends of a long hash, enough to tell two apart. */
export function shortHash(hash: string): string {
  return hash.length <= 14 ? hash : `${hash.slice(0, 8)}…${hash.slice(-4)}`;
}

export function bytes(length: number): string {
  if (length < 1024) return plural(length, 'byte');
  if (length < 1024 * 1024) return `${(length / 1024).toFixed(length < 10 * 1024 ? 1 : 0)} KiB`;
  return `${(length / 1024 / 1024).toFixed(1)} MiB`;
}

/** A span of milliseconds. */
export function span(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return plural(Math.floor(hours / 24), 'day');
}

/** How long ago, for people. */
export function ago(then: number, now: number): string {
  const difference = now - then;
  if (difference < 1_500) return 'just now';
  const seconds = Math.floor(difference / 1_000);
  if (seconds < 60) return `${seconds} s ago`;
  return seconds < 3_600 ? `${Math.floor(seconds / 60)} min ago` : `${Math.floor(seconds / 3_600)} h ago`;
}

/** A time of day, with milliseconds where asked for. */
export function clock(milliseconds: number, exact = false): string {
  const date = new Date(milliseconds);
  const two = (value: number) => value.toString().padStart(2, '0');
  const text = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return exact ? `${text}.${date.getMilliseconds().toString().padStart(3, '0')}` : text;
}

/** A date and time, the way a table can line up. */
export function moment(milliseconds: number): string {
  const date = new Date(milliseconds);
  const two = (value: number) => value.toString().padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clock(milliseconds)}`;
}

/** Hex in lines of 16 bytes, with the offset first. */
export function hexDump(hex: string, mostBytes: number): { offset: string; line: string }[] {
  const digits = hex.startsWith('0x') ? hex.slice(2) : hex;
  const shown = digits.slice(0, mostBytes * 2);
  const lines = [];
  for (let at = 0; at < shown.length; at += 32) {
    lines.push({
      offset: (at / 2).toString(16).padStart(4, '0'),
      line: (shown.slice(at, at + 32).match(/../g) ?? []).join(' '),
    });
  }
  return lines;
}
