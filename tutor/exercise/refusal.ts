/** Something that cannot be done. Its message tells the learner what to do instead, and is all that is printed. */
export class Refusal extends Error {}
