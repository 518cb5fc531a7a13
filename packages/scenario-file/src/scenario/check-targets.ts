import type { View } from '../yaml/view.ts'
import { isActing, namedSteps } from './step-names.ts'

/** Every selector says what it aims at, how many it takes, and where it stops. */
export function checkTargets(spec: View): void {
  for (const { view } of namedSteps(spec)) {
    if (!isActing(view)) continue
    const targets = view.at('targets')
    if (targets.keys().length === 0) continue
    checkAim(targets)
    checkCap(targets, spec.at('blastRadius', 'targetsMax').number())
    const duration = view.at('duration')
    const ms = duration.ms()
    if (ms !== undefined && ms < 1000) duration.problem('a fault lasts at least 1s')
  }
}

function checkAim(targets: View): void {
  const record = targets.at('record')
  if (record.exists() || targets.at('zone').exists()) {
    if (!targets.at('zone').exists())
      record.problem('a record needs its zone as well', 'For example: zone: public')
    if (!record.exists()) targets.at('zone').problem('a zone needs the record in it as well')
    for (const other of ['tags', 'group', 'zones'])
      if (targets.at(other).exists()) targets.at(other).problem(`${other} do not go together with record`)
    if (record.text()?.endsWith('.') === true)
      record.problem(
        'a record name is written without trailing dot',
        `Write ${record.text()?.slice(0, -1) ?? ''}`,
      )
    return
  }
  if (targets.at('types').exists()) targets.at('types').problem('types go together with record only')
  if (targets.at('set').exists()) targets.at('set').problem('set goes together with record only')
  if (targets.at('tags').keys().length === 0 && !targets.at('group').exists()) {
    targets.problem(
      'this selector would match everything in the Region',
      'Name the tags a target must carry, for example: tags: {service: checkout}',
    )
  }
}

function checkCap(targets: View, limit: number | undefined): void {
  const max = targets.at('max')
  const count = targets.at('choose', 'count')
  const cap = max.number() ?? count.number()
  if (!max.exists() && !count.exists()) {
    targets.problem(
      'max is missing: a selector must say how many targets are too many',
      'For example: max: 6',
    )
  }
  const most = max.number()
  const wanted = count.number()
  if (most !== undefined && wanted !== undefined && wanted > most) {
    count.problem(`count ${wanted} is more than max ${most}`)
  }
  if (limit !== undefined && cap !== undefined && cap > limit) {
    const place = max.exists() ? max : count
    place.problem(
      `up to ${cap} targets, but blastRadius.targetsMax is ${limit}`,
      `Lower this to ${limit}, or raise blastRadius.targetsMax.`,
    )
  }
}
