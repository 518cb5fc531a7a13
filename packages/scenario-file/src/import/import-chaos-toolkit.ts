import type { Problems } from '../problem/problems.ts'
import type { View } from '../yaml/view.ts'
import { readFunction } from './chaos-functions.ts'
import { Notes, slugs, type Imported, type ImportedStep, type ImportOptions } from './import-result.ts'
import { lengthMs, writeImported, type ImportedScenario } from './write-imported.ts'

type Probe = ImportedScenario['probes'][number]

const READ = ['version', 'title', 'description', 'steady-state-hypothesis', 'method', 'tags']
/** What of an experiment the environment or the run has instead. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  rollbacks: 'rollbacks: every step is undone by the run itself, and seen to be',
  configuration: 'configuration: Region and account are those of the environment',
  secrets: 'secrets: the environment names its credentials',
  contributions: 'contributions: labels for people',
  controls: 'controls: the run keeps its own journal',
  extensions: 'extensions: settings of another tool',
  runtime: 'runtime: the run decides by itself when to undo',
}

/** True for an experiment of Chaos Toolkit, which has a method; an FIS template has actions. */
export function isChaosToolkit(whole: View): boolean {
  return whole.at('method').exists() && !whole.at('actions').exists()
}

/** An experiment of Chaos Toolkit (JSON or YAML) whose actions are those of its AWS extension, as a scenario. */
export function importChaosToolkit(whole: View, problems: Problems, options: ImportOptions): Imported {
  const notes = new Notes()
  for (const key of whole.keys())
    if (!READ.includes(key)) notes.add(whole.at(key), ELSEWHERE[key] ?? `${key}: not known`)
  const probes = readProbes(whole.at('steady-state-hypothesis', 'probes'), options, notes)
  if (probes.length === 0)
    whole
      .at('steady-state-hypothesis')
      .problem('no probe asks over HTTP what users ask, which a scenario is judged by', 'Give --address URL.')
  const steps = readMethod(whole.at('method'), options, notes)
  if (problems.size === 0 && !steps.some(({ kind }) => kind === 'inject'))
    whole.at('method').problem('nothing in here breaks anything')
  if (problems.size > 0) return { ok: false, problems: problems.list() }
  const notCarried = notes.list()
  const title = whole.at('title').text() ?? options.name
  const objectiveMs = options.objective === undefined ? undefined : lengthMs(options.objective)
  const origin = 'experiment of Chaos Toolkit'
  const { name } = options
  const text = writeImported({ name, title, origin, probes, steps, stopAlarms: [], objectiveMs, notCarried })
  return { ok: true, text, notCarried }
}

/** Probes over HTTP; what else the hypothesis asks is named. */
function readProbes(view: View, { address }: ImportOptions, notes: Notes): readonly Probe[] {
  const names = slugs(view.items().map((probe) => probe.at('name').text() ?? 'users'))
  const found = view.items().flatMap((probe): readonly Probe[] => {
    const said = probe.at('name').text() ?? 'users'
    const url = probe.at('provider', 'url').text()
    const method = probe.at('provider', 'method').text() ?? 'GET'
    const status = probe.at('tolerance').number()
    const isPlain = probe.at('provider', 'type').text() === 'http' && method === 'GET'
    if (!isPlain || url === undefined || !/^https?:\/\/[^$]+$/.test(url)) {
      notes.add(
        probe,
        `probe ${said}: only GET over HTTP, of an address without variables, has a counterpart`,
      )
      return []
    }
    if (status === undefined && probe.at('tolerance').exists())
      notes.add(probe.at('tolerance'), `probe ${said}: its tolerance; the status has to be 200`)
    const seconds = probe.at('provider', 'timeout').number() ?? 2
    const timeoutMs = Math.min(10_000, Math.max(100, seconds * 1000))
    return [{ name: names.get(said) ?? 'users', url, timeoutMs, ...(status === undefined ? {} : { status }) }]
  })
  return address === undefined ? found : [{ name: 'address', url: address, timeoutMs: 2000 }, ...found]
}

/** The method is done from top to bottom: each step comes after the one above it. */
function readMethod(view: View, options: ImportOptions, notes: Notes): readonly ImportedStep[] {
  const items = view.items()
  const titles = items.map((item, index) => item.at('name').text() ?? `step ${index + 1}`)
  const names = slugs(titles)
  const steps: ImportedStep[] = []
  const put = (step: ImportedStep) => steps.push(step)
  items.forEach((item, index) => {
    const title = titles[index] ?? ''
    const name = names.get(title) ?? 'step'
    const above = steps.at(-1)?.name
    const after = above === undefined ? [] : [above]
    if (options.without.includes(title)) return notes.add(item, `${title}: left out as asked`)
    if (item.at('type').text() === 'probe')
      return notes.add(item, `${title}: a probe in between; probes go on through the whole run`)
    const beforeMs = pauseMs(item, 'before')
    if (beforeMs > 0) put({ kind: 'wait', name: `${name}-before`, after, waitMs: beforeMs })
    const fault = readFunction(item, title, options)
    if (fault !== undefined) put({ ...fault, name, after: beforeMs > 0 ? [`${name}-before`] : after })
    const afterMs = pauseMs(item, 'after')
    if (afterMs > 0 && fault !== undefined)
      put({ kind: 'wait', name: `${name}-after`, after: [name], waitMs: afterMs })
  })
  const unknown = options.without.find((name) => !titles.includes(name))
  if (unknown !== undefined) view.problem(`there is no action ${unknown} to leave out`)
  return steps
}

function pauseMs(item: View, when: 'before' | 'after'): number {
  return Math.round((item.at('pauses', when).number() ?? 0) * 1000)
}
