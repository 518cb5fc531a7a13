import { createRequire } from 'node:module'
import type * as AutoScaling from '@aws-sdk/client-auto-scaling'

const require = createRequire(import.meta.url)
let loaded: typeof AutoScaling | undefined

/** The SDK's Auto Scaling part, loaded when first asked for: most processes never make one of its calls. */
export function autoScalingSdk(): typeof AutoScaling {
  loaded ??= require('@aws-sdk/client-auto-scaling') as typeof AutoScaling
  return loaded
}
