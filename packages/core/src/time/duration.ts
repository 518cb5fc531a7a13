/** What `parseDuration` answers: milliseconds, or why the text is no duration. */
export type DurationResult = Readonly<{ ok: true; ms: number } | { ok: false; problem: string }>

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const SHORT = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/
const PART = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g
const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** Reads `90s`, `1m30s`, `500ms`, `2h` or ISO 8601 (`PT5M`) as whole milliseconds. */
export function parseDuration(text: string): DurationResult {
  const trimmed = text.trim()
  const iso = ISO.exec(trimmed)
  if (iso !== null && trimmed !== 'P' && !trimmed.endsWith('T')) {
    const [, d = '0', h = '0', m = '0', s = '0'] = iso
    return {
      ok: true,
      ms: Math.round(Number(d) * 86_400_000 + Number(h) * 3_600_000 + Number(m) * 60_000 + Number(s) * 1000),
    }
  }
  if (!SHORT.test(trimmed)) {
    return {
      ok: false,
      problem: `"${text}" is not a duration; write for example 90s, 1m30s, 500ms, 2h or PT5M`,
    }
  }
  let ms = 0
  for (const [, amount = '0', unit = 'ms'] of trimmed.matchAll(PART))
    ms += Number(amount) * (UNIT_MS[unit] ?? 0)
  return { ok: true, ms: Math.round(ms) }
}

/** Which way a length of time is rounded for reading: bounds of an interval are rounded outwards, never inwards. */
export type Rounding = 'near' | 'down' | 'up'

/** Milliseconds as people write them, to a tenth of a second: `1 min 30 s`, `2.5 s`, `340 ms`. */
export function formatDurationMs(ms: number, rounding: Rounding = 'near'): string {
  if (ms < 0)
    return `-${formatDurationMs(-ms, rounding === 'up' ? 'down' : rounding === 'down' ? 'up' : 'near')}`
  const round = { near: Math.round, down: Math.floor, up: Math.ceil }[rounding]
  if (ms < 1000 && round(ms) < 1000) return `${round(ms)} ms`
  // A millionth of slack, so that 59.9 in binary is not rounded up to 60.
  const tenths =
    rounding === 'up'
      ? Math.ceil(ms / 100 - 1e-6)
      : rounding === 'down'
        ? Math.floor(ms / 100 + 1e-6)
        : Math.round(ms / 100)
  const seconds = (tenths % 600) / 10
  const minutes = Math.floor(tenths / 600) % 60
  const hours = Math.floor(tenths / 36_000)
  const parts: string[] = []
  if (hours > 0) parts.push(`${hours} h`)
  if (minutes > 0) parts.push(`${minutes} min`)
  if (seconds > 0 || parts.length === 0)
    parts.push(`${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`)
  return parts.join(' ')
}

/** ISO 8601 duration as AWS FIS takes it, from whole milliseconds: `PT5M`, `PT90S`. */
export function isoDuration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds % 60 === 0 ? `PT${seconds / 60}M` : `PT${seconds}S`
}
