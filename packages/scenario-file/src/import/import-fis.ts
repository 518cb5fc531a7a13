import type { Problems } from '../problem/problems.ts'
import type { View } from '../yaml/view.ts'
import { readAction, type ActionContext, type FisAction } from './fis-actions.ts'
import { orderOf } from './fis-order.ts'
import { partsOfZoneLoss, readZoneLoss } from './fis-zone.ts'
import { Notes, slugs, type Imported, type ImportedStep, type ImportOptions } from './import-result.ts'
import { lengthMs, writeImported } from './write-imported.ts'

const ASSERT_ALARM = 'aws:cloudwatch:assert-alarm-state'
/** What of a template says nothing about the experiment itself. */
const SILENT = [
  'id',
  'arn',
  'creationTime',
  'lastUpdateTime',
  'clientToken',
  'targetAccountConfigurationsCount',
]
const READ = ['description', 'targets', 'actions', 'stopConditions', 'experimentOptions']
/** What of a template the environment or the run has instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  roleArn: "roleArn: the environment's aws.fisRoleArn is used",
  logConfiguration: 'logConfiguration: the run keeps a journal and evidence of its own',
  experimentReportConfiguration: 'experimentReportConfiguration: the run has its own report',
  tags: "tags of the template: they are the experiment's, not the targets'",
}

/** An FIS experiment template (JSON, as the API takes or answers it) as a scenario. */
export function importFis(whole: View, problems: Problems, options: ImportOptions): Imported {
  const template = whole.at('experimentTemplate').exists() ? whole.at('experimentTemplate') : whole
  const notes = new Notes()
  const objective = options.objective === undefined ? undefined : lengthMs(options.objective)
  if (!template.at('actions').exists() || !template.at('targets').exists())
    template.problem(
      'this is no FIS experiment template: it has no actions and targets',
      'Take what `aws fis get-experiment-template` prints; a CloudFormation resource is written otherwise.',
    )
  else if (options.address === undefined)
    template.problem(
      'a template does not say what users ask, which a scenario is judged by',
      'Give --address URL.',
    )
  if (problems.size > 0 || options.address === undefined) return { ok: false, problems: problems.list() }
  noteTheRest(template, notes)
  const stopAlarms = readStopConditions(template.at('stopConditions'), notes)
  const actions = actionsOf(template.at('actions'), options, notes)
  const steps = readSteps(actions, { targets: template.at('targets'), options, notes, stopAlarms })
  if (problems.size === 0 && !steps.some(({ kind }) => kind === 'inject'))
    template.at('actions').problem('nothing in here breaks anything')
  if (problems.size > 0) return { ok: false, problems: problems.list() }
  const notCarried = notes.list()
  const described = template.at('description').text() ?? options.name
  const scenario = writeImported({
    name: options.name,
    title: described.trim() === '' ? options.name : described,
    origin: 'AWS FIS experiment template',
    probes: [{ name: 'users', url: options.address, timeoutMs: 2000 }],
    steps,
    stopAlarms,
    objectiveMs: objective,
    notCarried,
  })
  return { ok: true, text: scenario, notCarried }
}

function noteTheRest(template: View, notes: Notes): void {
  for (const key of template.keys()) {
    if (SILENT.includes(key) || READ.includes(key)) continue
    notes.add(template.at(key), ELSEWHERE[key] ?? `${key}: not known`)
  }
  const options = template.at('experimentOptions')
  const accounts = options.at('accountTargeting')
  if (accounts.text() === 'multi-account')
    accounts.problem(
      'an experiment over several accounts: an environment is one account',
      'Import it once for each account.',
    )
  if (options.at('emptyTargetResolutionMode').text() === 'skip')
    notes.add(
      options.at('emptyTargetResolutionMode'),
      'emptyTargetResolutionMode skip: a step that matches nothing refuses the run',
    )
}

function readStopConditions(view: View, notes: Notes): readonly string[] {
  return view.items().flatMap((condition) => {
    if (condition.at('source').text() === 'none') {
      notes.add(
        condition,
        'no stop condition: only people and expiries end this run early; better name an alarm',
      )
      return []
    }
    const value = condition.at('value')
    const name = /^arn:[a-z-]+:cloudwatch:[a-z0-9-]+:\d*:alarm:(.+)$/.exec(value.text() ?? '')?.[1]
    if (name === undefined) value.problem('this is no ARN of a CloudWatch alarm')
    return name ?? []
  })
}

/** The actions that are wanted, each with the name of its step. */
function actionsOf(view: View, { without }: ImportOptions, notes: Notes): readonly FisAction[] {
  for (const name of without)
    if (!view.keys().includes(name)) view.problem(`there is no action ${name} to leave out`)
  const names = slugs(view.keys())
  return view.keys().map((key) => {
    const id = view.at(key, 'actionId').text() ?? ''
    if (without.includes(key)) notes.add(view.at(key), `${key} (${id}): left out as asked`)
    return { key, view: view.at(key), id: without.includes(key) ? '' : id, step: names.get(key) ?? key }
  })
}

function readSteps(actions: readonly FisAction[], context: ActionContext): readonly ImportedStep[] {
  const zone = partsOfZoneLoss(actions)
  const [first] = zone
  const read = new Map<string, ReturnType<typeof stepOf>>()
  function stepOf(action: FisAction) {
    if (action.id === '' || (zone.includes(action) && action !== first)) return undefined
    if (action.id === ASSERT_ALARM) {
      const what = 'an alarm as a gate; the steady state is watched by a probe instead'
      context.notes.add(action.view, `${action.key}: ${what}`)
      return undefined
    }
    return action === first ? readZoneLoss(zone, context) : readAction(action, context)
  }
  for (const action of actions) read.set(action.key, stepOf(action))
  const order = orderOf(
    actions.map((action) => {
      const owner = zone.includes(action) ? (first ?? action) : action
      const step = read.get(owner.key)
      const isLasting = step?.kind === 'inject' && step.durationMs !== undefined
      return { action, owner: owner.step, isLasting, isStep: step !== undefined }
    }),
  )
  return actions.flatMap((action): readonly ImportedStep[] => {
    const step = read.get(action.key)
    return step === undefined ? [] : [{ ...step, name: action.step, after: order(action.step) }]
  })
}
