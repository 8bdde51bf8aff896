/** Stands in for a learner's file of exercise 1.2 in the test of what never ends. */
export function logPayment(): never {
  for (;;);
}
