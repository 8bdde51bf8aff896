import { labelExplosionCauses } from '../causes/label-explosion.ts'
import { labelExplosion } from '../faults/label-explosion.ts'
import { defineIncident } from '../incident.ts'
import { choice, clock, time, word } from '../question.ts'

export default defineIncident({
  id: '5',
  name: 'label-explosion',
  title: 'Prometheus is out of memory again',
  report: 'Customers are happy. But Prometheus runs out of memory, and its operators say that our app is the cause.',
  fault: labelExplosion,

  traffic: () => [],

  causes: labelExplosionCauses,

  questions: ({ parameters: { metric, label }, beganAt, url, logs, random }) => [
    word({
      ask: 'Which metric has far too many series?',
      form: 'the name of a metric',
      right: [metric],
      nudge: 'Count its lines in a scrape. Each line that is not a comment is a series.',
      hints: [
        'All that Prometheus gets from this app is the answer of GET /metrics.',
        `Series by metric:  curl -s ${url}/metrics | grep -v '#' | grep -o '^[a-z_]*' | sort | uniq -c | sort -n | tail -n 5`,
      ],
    }),
    word({
      ask: 'Which of its labels is at fault?',
      form: 'the name of a label',
      right: [label],
      nudge: 'How many values can that label have? Look for the label with a different value on nearly every line.',
      hints: [
        `curl -s ${url}/metrics | grep '^${metric}' | tail -n 5`,
        'A good label has so few values that you could list them on a page.',
      ],
    }),
    time({
      ask: 'Since when? To within 10 seconds.',
      right: beganAt,
      within: 10,
      hints: [
        `The drill keeps each scrape in ${logs}/metrics, in a file named after its time.`,
        `wc -l ${logs}/metrics/*.txt`,
      ],
    }),
    choice(
      {
        ask: 'What happens if you do nothing?',
        right: 'It grows for as long as requests come, in this process and in Prometheus, and so does each scrape',
        wrong: {
          'It stops growing when all values have been seen':
            'There is no end to these values: new requests keep bringing new ones.',
          'Prometheus forgets series that have not changed for a while':
            'The process shows each of them at every scrape, for as long as it runs. So none of them goes stale.',
          'Only the disk of Prometheus fills up':
            'Prometheus keeps every series that it has scraped lately in memory. And look at the size of /metrics.',
        },
        hints: [`How large is a scrape, and how does its size change?  ls -l ${logs}/metrics`],
      },
      random,
    ),
    choice(
      {
        ask: 'What is the remedy?',
        right: `Drop the label ${label}: a single request can be found in logs and traces`,
        wrong: {
          'Scrape less often': 'There would be as many series, each with fewer samples.',
          'Give Prometheus more memory': 'For how long? It grows for as long as requests come.',
          'Hash the value to make it shorter':
            'A short value that is different each time makes as many series as a long one.',
          'Make it a gauge instead of a counter': 'Every combination of label values is a series, whatever the type.',
        },
        hints: ['What are metrics for, and which signal tells about a single request?'],
      },
      random,
    ),
  ],

  debrief: ({ parameters: { metric, label }, beganAt, url, logs }) => `
It was a label explosion. At ${clock(beganAt)} somebody added the counter ${metric} and gave it the label ${label},
which takes new values for as long as requests come. Each combination of label values is a series of its own. This process
keeps it until it ends, and Prometheus keeps it in memory for as long as it is scraped.

1. No request is slower or fails, so logs and traces show nothing. The scrape does:
     wc -l ${logs}/metrics/*.txt
   The number of lines was steady until ${clock(beganAt)} and has grown since then.
2. One metric has nearly all of them:
     curl -s ${url}/metrics | grep -v '#' | grep -o '^[a-z_]*' | sort | uniq -c | sort -n | tail -n 5
   In Prometheus:  topk(5, count by (__name__) ({__name__=~".+"}))
3. One of its labels is different on nearly every line:
     curl -s ${url}/metrics | grep '^${metric}' | tail -n 5
4. This process has to keep all of them as well, and to send all of them with every scrape. Compare the sizes:
     ls -l ${logs}/metrics

The remedy is to drop the label. The template of a route is a good label; an id or a path never is: see phases/3-metrics.
Exemplars, trace_id and request_id lead to single requests instead. In Prometheus, sample_limit in the scrape
configuration rejects the scrapes of such a service before they hurt all others.`,
})
