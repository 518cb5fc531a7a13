import type { Readiness } from '@firedrill/core'
import type { AwsClients } from './aws-clients.ts'
import { success } from './call.ts'
import { countActiveExperiments } from './fis/experiments.ts'
import { ACTIVE_EXPERIMENTS } from './fis/quotas.ts'
import { readSafetyLever } from './fis/safety-lever.ts'

/** Asks an account's Region whether it is ready for a drill, with clients that never act. */
export function createReadiness(clients: AwsClients): Readiness {
  return {
    async safetyLever(environment, region, signal) {
      const aws = clients.get({ environment, region, purpose: 'observe' })
      return aws.ok ? readSafetyLever(aws.value, signal) : aws
    },
    async allowances(environment, region, signal) {
      const aws = clients.get({ environment, region, purpose: 'observe' })
      if (!aws.ok) return aws
      const active = await countActiveExperiments(aws.value, signal)
      return active.ok ? success([{ quota: ACTIVE_EXPERIMENTS, used: active.value }]) : active
    },
  }
}
