import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** Cost of a guess: 32 MiB and about a tenth of a second. */
const COST = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 }
const BYTES = 32
const FORM = /^scrypt\$([\w-]{22})\$([\w-]{43})$/

/** Text that proves a password without holding it. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt)).toString('base64url')}`
}

/** True when the password is the one that was hashed. Text that is no such hash fits none. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const [, salt, expected] = FORM.exec(hash) ?? []
  if (salt === undefined || expected === undefined) return false
  const derived = await derive(password, Buffer.from(salt, 'base64url'))
  return timingSafeEqual(derived, Buffer.from(expected, 'base64url'))
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  // The same password in two ways of writing it in Unicode is the same password.
  scrypt(password.normalize('NFKC'), salt, BYTES, COST, (error, key) => {
    if (error === null) resolve(key)
    else reject(error)
  })
  return promise
}
