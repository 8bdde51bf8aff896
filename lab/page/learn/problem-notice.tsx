/** What has failed, as soon as there is something. */
export function ProblemNotice({ problem }: { readonly problem: string | null }) {
  if (problem === null) return null
  return (
    <p class="notice problem" role="alert">
      {problem}
    </p>
  )
}
