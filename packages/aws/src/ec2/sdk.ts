import { createRequire } from 'node:module'
import type * as Ec2 from '@aws-sdk/client-ec2'

const require = createRequire(import.meta.url)
let loaded: typeof Ec2 | undefined

/**
 * The SDK's EC2 part, loaded when first asked for: it alone takes some 70 MB and half a second, and most processes of
 * the platform (API, probes, reaper) mostly live without one EC2 call. Who has to be quick asks for it beforehand.
 */
export function ec2Sdk(): typeof Ec2 {
  loaded ??= require('@aws-sdk/client-ec2') as typeof Ec2
  return loaded
}
