import { parseGrant } from '@firedrill/core'
import { z } from 'zod'
import { isLoopbackAddress } from './http.ts'
import { defineRoom, type Room } from './room.ts'

/** How people sign in: an OpenID Connect provider, and what its groups may do here. */
export type SignInConfig = Readonly<{
  issuer: string
  clientId: string
  clientSecret: string | undefined
  /** Where people reach the dashboard, without path: the provider sends them back there. */
  publicUrl: string
  scopes: string
  /** The claim that names a person's groups. */
  groupsClaim: string
  /** Group → grants. Who is in none of them is turned away. */
  groups: ReadonlyMap<string, readonly string[]>
}>

const TOGETHER = [
  'FIREDRILL_SIGN_IN_ISSUER',
  'FIREDRILL_SIGN_IN_CLIENT_ID',
  'FIREDRILL_SIGN_IN_GROUPS',
  'FIREDRILL_PUBLIC_URL',
] as const

/** `FIREDRILL_SIGN_IN_*` and `FIREDRILL_PUBLIC_URL`; undefined when none of them is set. Then nothing but sandboxes is started. */
export const signInRoom: Room<SignInConfig | undefined> = defineRoom(
  {
    FIREDRILL_SIGN_IN_ISSUER: {
      schema: z
        .string()
        .refine(isSafe, 'must be an https:// URL, or http:// to a loopback address')
        .optional(),
      remedy:
        'Set it to the issuer of your OpenID Connect provider, whose /.well-known/openid-configuration is read',
    },
    FIREDRILL_SIGN_IN_CLIENT_ID: {
      schema: z.string().min(1).optional(),
      remedy: 'Set it to the client id that the provider gave this installation',
    },
    FIREDRILL_SIGN_IN_CLIENT_SECRET: {
      schema: z.string().min(1).optional(),
      remedy: 'Set it to the client secret, or leave it out for a public client; PKCE is used in both cases',
    },
    FIREDRILL_PUBLIC_URL: {
      schema: z
        .string()
        .refine(isOrigin, 'must be an https:// origin without path, or http:// to a loopback address')
        .optional(),
      remedy:
        'Set it to the address under which people open the dashboard, such as https://firedrill.example.com',
    },
    FIREDRILL_SIGN_IN_SCOPES: {
      schema: z
        .string()
        .regex(/^openid( [\w:.-]+)*$/, 'begins with openid')
        .default('openid profile'),
      remedy:
        'Set it to the scopes to ask for, "openid profile groups" where groups need one, or leave it out',
    },
    FIREDRILL_SIGN_IN_GROUPS_CLAIM: {
      schema: z.string().min(1).max(200).default('groups'),
      remedy: 'Set it to the claim that names the groups of a person, or leave it out for groups',
    },
    FIREDRILL_SIGN_IN_GROUPS: {
      schema: z.string().min(1).optional(),
      remedy:
        'Set it to GROUP=GRANT pairs separated by commas: sre=role:operator,sre=role:approver,all=role:viewer',
    },
  },
  (values, refuse) => {
    const missing = TOGETHER.filter((name) => values[name] === undefined)
    const isSecretAlone = values.FIREDRILL_SIGN_IN_CLIENT_SECRET !== undefined
    if (missing.length === TOGETHER.length && !isSecretAlone) return undefined
    const {
      FIREDRILL_SIGN_IN_ISSUER: issuer,
      FIREDRILL_SIGN_IN_CLIENT_ID: clientId,
      FIREDRILL_SIGN_IN_GROUPS: pairs,
      FIREDRILL_PUBLIC_URL: publicUrl,
    } = values
    if (issuer === undefined || clientId === undefined || pairs === undefined || publicUrl === undefined)
      return refuse(
        missing[0] ?? TOGETHER[0],
        'is not set, but others for sign-in are',
        'Set all of them, or none',
      )
    const groups = new Map<string, readonly string[]>()
    for (const pair of pairs.split(',')) {
      const [, group, grant] = /^\s*([^=]+)=(\S+)\s*$/.exec(pair) ?? []
      if (group === undefined || grant === undefined || parseGrant(grant) === undefined)
        return refuse(
          'FIREDRILL_SIGN_IN_GROUPS',
          `${pair.trim()} is no GROUP=GRANT`,
          'Write sre=role:operator,all=role:viewer',
        )
      groups.set(group, [...(groups.get(group) ?? []), grant])
    }
    return {
      issuer,
      clientId,
      clientSecret: values.FIREDRILL_SIGN_IN_CLIENT_SECRET,
      publicUrl: new URL(publicUrl).origin,
      scopes: values.FIREDRILL_SIGN_IN_SCOPES,
      groupsClaim: values.FIREDRILL_SIGN_IN_GROUPS_CLAIM,
      groups,
    }
  },
)

function isSafe(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return (
    protocol === 'https:' || (protocol === 'http:' && isLoopbackAddress(hostname.replaceAll(/[[\]]/g, '')))
  )
}

function isOrigin(text: string): boolean {
  return isSafe(text) && new URL(text).pathname === '/' && new URL(text).search === ''
}
