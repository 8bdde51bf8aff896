import type { AlertingDefinition, GroupDefinition } from '../../../query/rules/rule-file.ts'
import { readRuleFile } from '../../../query/rules/rule-file.ts'
import { type Claim, defineExercise, type Exercise, type Table, type Unmet } from '../exercise.ts'
import { START, scrapeAll } from '../queries/service-metrics.ts'
import { writeOpenMetrics } from '../queries/write-openmetrics.ts'
import { isPage, judgeRun, type Page, type Timing, timelineOf } from './judge-run.ts'
import type { RuleMistake } from './rule-mistake.ts'
import { COMMON, PLAIN } from './rule-mistakes.ts'
import { type Run, runRules } from './run-rules.ts'
import type { Fault, Scenario } from './scenario.ts'

/** An exercise whose answer is a file of rules. It is judged by when its alerts fire. */
export interface RuleExercise extends Timing {
  readonly hints: readonly string[]
  /** What the learner can look at. It has a fault. */
  readonly shown: Scenario & { readonly fault: Fault }
  readonly hidden: readonly Scenario[]
  /** The first that is in the rules and explains how they fail is named. */
  readonly mistakes: readonly RuleMistake[]
}

/** An exercise that evaluates the learner's rules while things happen, most of which the learner has not seen. */
export function defineRuleExercise({ hints, shown, hidden, mistakes, ...timing }: RuleExercise): Exercise<string> {
  return defineExercise<string>({
    hints,
    async check(text, claim) {
      const groups = understood(text, claim)
      claimPage(alertsIn(groups), claim)
      const judgement = { ...timing, groups, mistakes: [...PLAIN, ...mistakes] }
      const first = runRules(groups, shown)
      claimBehaviour(shown, first, judgement, undefined, claim)
      claimAnnotations('the page says which service it is, and where to read what to do', first, shown.fault, claim)
      for (const scenario of hidden) {
        const run = runRules(groups, scenario)
        claimBehaviour(scenario, run, judgement, timelineOf(run, scenario), claim)
        const { fault } = scenario
        if (fault && fault.job !== shown.fault.job)
          claimAnnotations(`and the page names ${fault.job}`, run, fault, claim)
      }
    },
    preview(text) {
      const { groups } = readRuleFile(text)
      if (groups.length === 0) return undefined
      return { title: 'Your rules over the data of --data', table: timelineOf(runRules(groups, shown), shown) }
    },
    data: () => ({
      metrics: writeOpenMetrics(scrapeAll(shown.instances, shown.minutes)),
      example: { query: 'ALERTS', at: timeIn(shown) },
    }),
  })
}

/** Ten minutes after the fault began. */
function timeIn({ fault }: { readonly fault: Fault }): string {
  return new Date(START + (fault.from + 10) * 60_000).toISOString().replace('.000Z', 'Z')
}

function alertsIn(groups: readonly GroupDefinition[]): AlertingDefinition[] {
  return groups.flatMap(({ rules }) => rules).filter((rule) => rule.kind === 'alerting')
}

function understood(text: string, claim: Claim): readonly GroupDefinition[] {
  const { groups, problems } = readRuleFile(text)
  const [problem] = problems
  claim('Prometheus understands the file', problem === undefined, {
    expected: 'groups of rules, as promtool check rules accepts them',
    seen: problem ?? 'rules',
    look: lookAt(text, problem ?? ''),
  })
  return groups
}

function lookAt(text: string, problem: string): string {
  const line = text.split('\n')[Number(/^(\d+):/.exec(problem)?.[1]) - 1]
  if (line === undefined)
    return 'https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/, which names all fields'
  return `the rule at this line of the file: ${line.trim()}`
}

function claimPage(alerts: readonly AlertingDefinition[], claim: Claim): void {
  const severities = alerts.map(({ labels }) => labels.get('severity'))
  claim('an alert pages', severities.includes('page'), {
    expected: 'an alert with the label severity: page, which Alertmanager sends to the person on call',
    seen:
      alerts.length === 0
        ? 'no alert'
        : alerts
            .map(
              ({ name, labels }) =>
                `${name} with ${labels.get('severity') ? `severity: ${labels.get('severity')}` : 'no severity'}`,
            )
            .join(', '),
    look: 'labels of the alert, beside expr',
  })
}

interface Judgement extends Timing {
  readonly groups: readonly GroupDefinition[]
  readonly mistakes: readonly RuleMistake[]
}

/** @param table undefined for the shown scenario, whose timeline the preview has */
function claimBehaviour(
  scenario: Scenario,
  run: Run,
  { groups, mistakes, ...timing }: Judgement,
  table: Table | undefined,
  claim: Claim,
): void {
  const failure = judgeRun(run, scenario, timing)
  const usual = [...mistakes, ...(scenario.mistakes ?? []), ...COMMON]
  const mistake = failure && usual.find(({ isIn }) => isIn({ groups, failure }))
  const { fault, when, look } = scenario
  claim(`${fault === undefined ? 'no page' : 'a page'} ${when}`, failure === undefined, {
    expected: expectedOf(scenario, timing),
    seen: failure?.seen ?? 'that',
    look: mistake?.look ?? look,
    table,
  })
}

function expectedOf({ fault, minutes }: Scenario, { firesWithin, endsWithin }: Timing): string {
  if (fault === undefined) return 'no alert with severity: page fires'
  const due = fault.firesWithin ?? firesWithin
  const begins = `one page with job="${fault.job}", at most ${due} minutes after the fault begins`
  return minutes > fault.to + endsWithin
    ? `${begins}, which is over at most ${endsWithin} minutes after it ends`
    : begins
}

/** The person on call needs to know which service it is, and what to do. */
function claimAnnotations(title: string, { episodes }: Run, { job }: Fault, claim: Claim): void {
  const unmet = episodes
    .filter(isPage)
    .filter(({ labels }) => labels.get('job') === job)
    .map((page) => annotationProblem(page, job))
    .find((problem) => problem !== undefined)
  claim(title, unmet === undefined, unmet ?? MET)
}

const MET = { expected: '', seen: '', look: '' }

function annotationProblem({ annotations, rule }: Page, job: string): Unmet | undefined {
  const [summary = '', runbook = ''] = [annotations.get('summary'), annotations.get('runbook_url')]
  const broken = [...annotations].find(([, text]) => /<error expanding template|<no value>|%!/.test(text))
  const look = rule.labels.has('job')
    ? 'annotations: $labels has the labels of the expression, without those that the rule adds'
    : 'annotations, and {{ $labels.job }} in https://prometheus.io/docs/prometheus/latest/configuration/template_examples/'
  if (broken)
    return { expected: 'annotations without errors in their templates', seen: `${broken[0]}: ${broken[1]}`, look }
  if (!summary.includes(job))
    return { expected: `a summary that names the service, here ${job}`, seen: summary || 'no summary', look }
  if (!/\.(md|html?)\b|^https?:\/\/\S/.test(runbook))
    return {
      expected: 'a runbook_url: an address or a file of this repository',
      seen: runbook || 'no runbook_url',
      look: 'annotations of the alerts in docker/prometheus/alerts.rules.yml',
    }
  return undefined
}
