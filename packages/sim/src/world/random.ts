/** Mixes a 32-bit state (the finaliser of MurmurHash3). */
const mix = (value: number): number => {
  let x = value | 0
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** A 32-bit hash of a text, seeded (FNV-1a, finalised). */
export const hash32 = (seed: number, text: string): number => {
  let h = mix(seed ^ 0x811c9dc5)
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return mix(h)
}

/** A number in [0, 1) that depends on seed, stream and position only: the n-th draw of a stream never depends on another stream. */
export const unitAt = (seed: number, stream: string, position: number): number => {
  const high = hash32(seed, `${stream}#${position}`)
  const low = hash32(seed ^ 0x5bd1e995, `${position}#${stream}`)
  return (high * 0x200000 + (low >>> 11)) / 0x20000000000000
}

/** Lower-case hexadecimal text of the given length, fixed by seed and stream. */
export const hexAt = (seed: number, stream: string, length: number): string => {
  let text = ''
  for (let i = 0; text.length < length; i += 1)
    text += hash32(seed, `${stream}~${i}`).toString(16).padStart(8, '0')
  return text.slice(0, length)
}
