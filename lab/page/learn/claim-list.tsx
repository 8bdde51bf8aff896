import { checkLesson, claimChecks } from './claim-checks.ts'

/** The claims of a lesson, with a button that checks them, and what was found. */
export function ClaimList({ lesson }: { readonly lesson: number }) {
  const check = claimChecks.value[lesson]
  const failed = check?.outcomes.filter(({ ok }) => !ok).length ?? 0
  const isComplete = check !== undefined && check.titles.length > 0 && check.outcomes.length === check.titles.length
  return (
    <div class="claims">
      <button type="button" class="primary" disabled={check?.running} onClick={() => void checkLesson(lesson)}>
        {check?.running ? 'Checking …' : 'Check it'}
      </button>
      {check?.note && <p class="claims-note">{check.note}</p>}
      {check && check.titles.length > 0 && (
        <ul class="claim-outcomes">
          {check.titles.map((title, index) => {
            const outcome = check.outcomes[index]
            return (
              <li key={title} class={outcome === undefined ? 'open' : outcome.ok ? 'held' : 'broken'}>
                <span aria-hidden="true">{outcome === undefined ? '·' : outcome.ok ? '✓' : '✗'}</span>{' '}
                <span class="visually-hidden">
                  {outcome === undefined ? 'Not checked yet: ' : outcome.ok ? 'Holds: ' : 'Does not hold: '}
                </span>
                {title}
                {outcome?.ok === false && (
                  <dl>
                    <dt>expected</dt>
                    <dd>{outcome.expected}</dd>
                    <dt>seen</dt>
                    <dd>
                      <code class="claim-seen">{outcome.seen}</code>
                    </dd>
                    <dt>hint</dt>
                    <dd>{outcome.hint}</dd>
                  </dl>
                )}
              </li>
            )
          })}
        </ul>
      )}
      <p role="status" class="claims-summary">
        {check?.problem && <span class="claims-problem">{check.problem}</span>}
        {isComplete &&
          !check.running &&
          (failed === 0
            ? `All ${check.titles.length} claims hold.`
            : `${failed} of ${check.titles.length} claims ${failed === 1 ? 'does' : 'do'} not hold.`)}
      </p>
    </div>
  )
}
