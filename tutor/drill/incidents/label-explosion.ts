import { labelExplosion } from '../faults/label-explosion.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, time, word } from '../question.ts'

export default defineIncident({
  id: '5',
  name: 'label-explosion',
  title: 'Prometheus is out of memory again',
  report:
    'Customers are happy. But Prometheus runs out of memory, and the people who run it say that it is because of us.',
  fault: labelExplosion,

  traffic: () => [],

  questions: ({ parameters: { metric, label }, beganAt, url, logs, dice }) => [
    word({
      ask: 'Which metric has far too many series?',
      form: 'the name of a metric',
      right: [metric],
      nudge: 'Count its lines in a scrape. Each line that is not a comment is a series.',
      hints: [
        'What GET /metrics answers is all that Prometheus gets from us.',
        `Series by metric:  curl -s ${url}/metrics | grep -v '#' | grep -o '^[a-z_]*' | sort | uniq -c | sort -n | tail -n 5`,
      ],
    }),
    word({
      ask: 'Which of its labels is at fault?',
      form: 'the name of a label',
      right: [label],
      nudge: 'How many values can that one have? Look for the one that has another value on nearly every line.',
      hints: [
        `curl -s ${url}/metrics | grep '^${metric}' | tail -n 5`,
        'A label needs values that could be counted on a page.',
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `The drill keeps each scrape in ${logs}/metrics, in a file that is named after the time.`,
        `wc -l ${logs}/metrics/*.txt`,
      ],
    }),
    choice(
      {
        ask: 'What happens if nobody does anything?',
        right: 'It grows for as long as requests come, in this process and in Prometheus, and each scrape takes longer',
        wrong: {
          'It stops growing when all values have been seen':
            'There is no end to these values: each request brings a new one.',
          'Prometheus forgets series that have not changed for a while':
            'The process shows each of them at every scrape, for as long as it runs. So none goes away.',
          'Only the disk of Prometheus fills up':
            'Prometheus keeps every series that it has seen lately in memory. And look at our own /metrics.',
        },
        hints: [
          `How large is a scrape, and how does it go on?  ls -l ${logs}/metrics`,
          `How long does it take?  grep '"route":"/metrics"' ${logs}/app.log | grep -o '"latency":[0-9.]*'`,
        ],
      },
      dice,
    ),
    choice(
      {
        ask: `What is the remedy?`,
        right: `Drop the label ${label}; whoever wants to know about a single request finds it in logs and traces`,
        wrong: {
          'Scrape less often': 'There would be as many series, each with fewer points.',
          'Give Prometheus more memory': 'For how long? It grows with every request.',
          'Hash the value to make it shorter':
            'A short value that is another one each time is as many series as a long one.',
          'Make it a gauge instead of a counter': 'Every combination of label values is a series, whatever the type.',
        },
        hints: ['What is a metric for, and what is it not for? One request is a matter for another pillar.'],
      },
      dice,
    ),
  ],

  debrief: ({ parameters: { metric, label }, beganAt, url, logs }) => `
It was a label explosion. At ${clock(beganAt)} somebody added the counter ${metric} and gave it the label ${label},
of which nearly every request has another value. Each combination of label values is a series of its own, which this
process keeps until it ends and Prometheus keeps in memory.

1. No customer notices, so neither logs nor traces show anything at first. What the others see is the scrape:
     wc -l ${logs}/metrics/*.txt
   The number of lines was steady until ${clock(beganAt)} and grows since then.
2. One metric has nearly all of them:
     curl -s ${url}/metrics | grep -v '#' | grep -o '^[a-z_]*' | sort | uniq -c | sort -n | tail -n 5
   In Prometheus:  topk(5, count by (__name__) ({__name__=~".+"}))
3. And one label of it is different on every line:
     curl -s ${url}/metrics | grep '^${metric}' | tail -n 5
4. The log shows that it begins to hurt this process too, because each scrape has to write all of them:
     grep '"route":"/metrics"' ${logs}/app.log | grep -o '"latency":[0-9.]*'

The remedy is to drop the label. A route's template is a fine label, an id or a path never is: see phases/3-metrics.
That one request can be found all the same is what exemplars, trace_id and request_id are for. In Prometheus,
sample_limit in the scrape configuration keeps one such service from taking all others along.`,
})
