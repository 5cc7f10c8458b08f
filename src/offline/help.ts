/** Said by `leakwatch heap --help`. */
export const HEAP_HELP = `
Takes what http://HOST:PORT/debug/pprof/heap?gc=1 answers (also allocs, goroutine, and any other profile in pprof's protobuf); also,
as text: jcmd PID GC.class_histogram, V8's HeapProfiler.stopSampling, heap dumps of tcmalloc and jemalloc, objects of Python by type.
gc=1 matters: without it the heap is as it was at some garbage collection before. flat is what a function holds itself, cum with
all that it calls: the figures of go tool pprof -top, and with --base those of -diff_base. Growth is ranked by sign: what was
freed comes last.

Three heaps of one process and more, as leakwatch heap A B C: what a function holds itself, how it grew from the first to the last, and per
hour, with the range that holds the rate 95 times in 100; --json: {"sampleType", "unit", "takenAtMs": [ms]|null, "totals", "rows":
[{"function", "held": [one for each], "perHour": {"value", "low", "high"}|null}]}.

--json: {"sampleType", "unit", "total", "baseTotal": number|null, "rows": [{"function", "flat", "cum"}]}, every row, exact;
with --base, flat and cum are signed differences. Exit code: 0 answered, 2 the input is bad.`;

/** Said by `leakwatch massif --help`. */
export const MASSIF_HELP = `
Takes massif.out.PID as Valgrind's Massif writes it: valgrind --tool=massif --time-unit=ms COMMAND. The figures are those of
ms_print. Growth is between two snapshots that have a tree, ranked by sign, per place in the source: the innermost call that is
not malloc, mmap or a container of C++. What Massif left out of its trees (1 % unless --threshold says otherwise) is one row at
the end, so that all rows together are the growth.

With -- COMMAND it is run under Massif here (some 20 times slower where it allocates a lot), and answered at its end, Ctrl-C
included. massif.out.PID stays in this folder; what the command prints goes to standard error.

--json: {"command", "timeUnit": "i"|"ms"|"B", "peak": number|null, "snapshots": [{"index", "time", "heapBytes", "extraBytes",
"stackBytes", "detail": "empty"|"detailed"|"peak"}], "growth": {"from", "to", "rows": [{"function", "file", "line", "bytes"}]}}. A
from of null: only one snapshot has a tree, and rows are what it holds. Exit code: 0 answered, 2 the input is bad.`;

/** Said by `leakwatch replay --help`, before the format. */
const REPLAY_PROMETHEUS = `
  leakwatch replay --prometheus http://prometheus:9090 --since 30d

asks a Prometheus (or Thanos, Mimir, VictoriaMetrics) that scrapes cAdvisor or the kubelet for what each service did, and prints what would
have been posted, when, and how long before a replica ran into its limit. Nothing is posted, and nothing needs to be installed. What is calm is looked at each half hour
(live: five minutes). --service api-svc asks for that service alone, and may be said several times. It is asked by
PROMETHEUS_TOKEN, or PROMETHEUS_USER and PROMETHEUS_PASSWORD, and PROMETHEUS_TENANT, where they are set. Exit code 1: it did not answer.
`;

/** Said by `leakwatch replay --help`, too. */
const REPLAY_COMPARE = `
  leakwatch replay histories.jsonl > before.jsonl            by one version, then by another:
  leakwatch replay histories.jsonl --compare before.jsonl

prints what this version says and the other did not, what the other said and this one does not, and what is said at another time, on
another level or for another reason; edits that leave a message as loud as it was are not compared. --json: {"id", "here": line|null, "there":
line|null} for each of these. Of a Prometheus, which moves on, it takes --json to save what one version says; the other asks for the same
time again, as far as it is still kept:

  leakwatch replay --prometheus http://prometheus:9090 --since 30d --json > before.jsonl
  leakwatch replay --prometheus http://prometheus:9090 --compare before.jsonl
`;

/** Said by `leakwatch assess --help`, `leakwatch replay --help` and `leakwatch export --help`. */
export const FILE_HELP = 'a memory history in each line, as JSON; may be gzipped; - is standard input';

export const FORMAT_HELP = `
A line, without the breaks (t in Unix ms, memory in bytes):
  {"id": "api-svc", "intervalSec": 15, "limitBytes": 536870912,
   "samples": [{"t": 1764984656684, "usage": 85721088, "anon": 83476480, "file": 20480, "workingSet": 85712896}, …],
   "restarts": [1764984600000]}
Any field of a sample may be missing or null. More may be there: inactiveFile, shmem, kernel, limit, and the counters
cpuNanos, netRxBytes, netTxBytes. file is the kernel's, with shmem in it; a limit of null or 0 is none. Instead of restarts:
  "runs": [{"startedAt": 1764984600000, "image": "api:1.42.1", "oomKilled": true}]
What leakwatch export writes has more, which is read too: imageId of a run; of a sample that stands for five minutes
leastAnon, leastKernel, leastShmem; and ledger, lives that ended before the first sample, or of other replicas.

Answers go to standard output, one JSON object a line. A bad line is named on standard error as FILE:LINE: field: what is
wrong, and the others are answered. Exit code: 0 all answered, 2 the input is bad.`;

export const REPLAY_HELP = `${REPLAY_PROMETHEUS}${REPLAY_COMPARE}${FORMAT_HELP}`;

export const EXPORT_HELP = `
From the Redis of REDIS_URL, one JSON object a line for each replica, its key as the id; samples at full rate for the last
two hours, every five minutes before that (their mean, and the least of anon, kernel and shmem).

  leakwatch export api-svc | leakwatch assess -
  leakwatch export shop/api-svc --since 2d | gzip > api-svc.jsonl.gz
  leakwatch export --prometheus http://prometheus:9090 --since 30d > all.jsonl

With --prometheus: five minutes a sample (a minute up to 6 h, more beyond 37 d), no network for pods, and no more than their cgroup tells.

Exit code: 0 all written, 2 no such service (names like it are said on standard error), 1 Redis, Prometheus or the reader did not do.`;
