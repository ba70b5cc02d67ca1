using Loxi.Bfd.Fuzz.Oracle;
using Loxi.Bfd.Fuzz.Targets;
using Loxi.Fuzz;

Dictionary<string, FuzzTarget> targets = new() { ["codec"] = CodecTarget.Run, ["session"] = SessionTarget.Run };
var program = new FuzzProgram(
    "Loxi.Bfd.Fuzz",
    targets,
    static (_, seed, corpus) => new Mutator(new Random(seed), corpus, longest: 400).Next,
    "Loxi.Bfd.Fuzz oracle --runs N [--seed S]             N random and mutated datagrams, each against the oracle");
if (args is not ["oracle", .. var options])
{
    return program.Run(args);
}

if (!FuzzProgram.TryReadRuns(options, out var runs, out var seed))
{
    return program.Misused();
}

const int Chunk = 10_000;
const int AuthenticationTypes = 6;
long effects = 0;
for (long done = 0; done < runs; done += Chunk)
{
    var (round, type) = Math.DivRem(done / Chunk, AuthenticationTypes);
    effects += OracleRun.Run(seed + (int)round, (int)type, Math.Min(Chunk, runs - done));
}

Console.WriteLine($"{runs} datagrams, {effects} with an effect, seed {seed}: session and oracle agree");
return 0;
