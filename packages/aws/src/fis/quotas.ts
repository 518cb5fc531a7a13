import type { Demand } from '@firedrill/core'

/** The quota of experiments that may be active in an account's Region, as plans and people name it. */
export const ACTIVE_EXPERIMENTS = 'FIS experiments active at once'
const ACTIVE_EXPERIMENTS_MAX = 5

/** FIS takes this many ARNs in one target. */
export const ARNS_PER_TARGET = 5
/** FIS runs this many actions of an experiment beside each other. */
export const PARALLEL_ACTIONS = 10
/** FIS keeps this many actions in one template. */
export const ACTIONS_PER_TEMPLATE = 20

/** What one experiment of so many parallel actions needs of FIS. Undo needs none: it ends an experiment. */
export function experimentDemands(actions: number): readonly Demand[] {
  return [
    {
      quota: ACTIVE_EXPERIMENTS,
      per: 'region',
      fault: 1,
      undo: 0,
      limit: ACTIVE_EXPERIMENTS_MAX,
      isShared: true,
    },
    {
      quota: 'FIS actions beside each other',
      per: 'request',
      fault: actions,
      undo: 0,
      limit: PARALLEL_ACTIONS,
      isShared: false,
    },
  ]
}
