// Numbers and times as people read them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

export const count = (value) => (value >= 10_000 ? short.format(value) : whole.format(value ?? 0));
export const rate = (value) => (value >= 100 ? whole.format(value) : (value ?? 0).toFixed(1));
export const plural = (value, one, many = `${one}s`) => `${count(value)} ${value === 1 ? one : many}`;

/** Sizes of models, in the decimal units in which they are published. */
export function size(bytes) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value >= 100 || unit === 0 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** Memory of GPUs, in GB of 2^30 bytes as their makers count. */
export const memory = (bytes) => `${(bytes / 2 ** 30).toFixed(1)} GB`;

/** `42 s`, `12 min`, `3 h 20 min`, `5 d 2 h`. */
export function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  if (hours < 1) return `${minutes} min`;
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Short times exactly: `31 ms`, `4.2 s`; long ones as above. */
export function time(seconds) {
  if (!(seconds >= 0)) return '–';
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : duration(seconds);
}

export const timeOfDay = (iso) => valid(iso, (date) => clock.format(date));
export const dateAndTime = (iso) => valid(iso, (date) => full.format(date));

/** The heading under which a conversation of that time stands. */
export function dayGroup(iso, now = new Date()) {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const days = Math.ceil((midnight - new Date(iso)) / 86_400_000);
  if (!(days > 0)) return 'Today';
  if (days === 1) return 'Yesterday';
  return days <= 7 ? 'Last 7 days' : 'Older';
}

function valid(iso, format) {
  const date = new Date(iso ?? NaN);
  return Number.isNaN(date.getTime()) ? '' : format(date);
}
