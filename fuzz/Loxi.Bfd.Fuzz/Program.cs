using System.Globalization;
using Loxi.Bfd.Fuzz.Oracle;
using Loxi.Bfd.Fuzz.Targets;
using Loxi.Fuzz;
using SharpFuzz;

const string Usage = """
    usage: Loxi.Bfd.Fuzz codec|session                          under afl-fuzz: the input on standard input
           Loxi.Bfd.Fuzz codec|session --runs N [--seed S]      N inputs from a seed, from the corpus and from nothing
           Loxi.Bfd.Fuzz codec|session --replay FILE...         these inputs
           Loxi.Bfd.Fuzz oracle --runs N [--seed S]             N random and mutated datagrams, each against the oracle
    """;

if (args is not [("codec" or "session" or "oracle") and var target, .. var options])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

if (options is ["--replay", .. { Length: > 0 } files] && target != "oracle")
{
    foreach (var file in files)
    {
        RunOne(target, File.ReadAllBytes(file));
    }

    Console.WriteLine($"{files.Length} inputs of {target}");
    return 0;
}

if (options.Length == 0 && target != "oracle")
{
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        RunOne(target, memory.ToArray());
    });
    return 0;
}

if (Option("--runs") is not { } runs || (options.Length != 2 && Option("--seed") is null))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

var seed = (int)(Option("--seed") ?? 1);
if (target == "oracle")
{
    long effects = 0;
    for (long done = 0; done < runs; done += 10_000)
    {
        var (run, type) = Math.DivRem(done / 10_000, 6);
        effects += OracleRun.Run(seed + (int)run, (int)type, Math.Min(10_000, runs - done));
    }

    Console.WriteLine($"{runs} datagrams, {effects} with an effect, seed {seed}: session and oracle agree");
    return 0;
}

var corpus = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
var mutator = new Mutator(new Random(seed), corpus, longest: 400);
for (long i = 0; i < runs; i++)
{
    var input = mutator.Next();
    try
    {
        RunOne(target, input);
    }
    catch (Exception e)
    {
        Console.Error.WriteLine($"run {i} of {target}, seed {seed}: {Convert.ToHexString(input)}\n{e}");
        return 1;
    }
}

Console.WriteLine($"{runs} inputs of {target}, seed {seed}, {corpus.Length} in the corpus");
return 0;

long? Option(string name)
{
    var index = Array.IndexOf(options, name);
    return index >= 0 && index + 1 < options.Length && long.TryParse(options[index + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}

static void RunOne(string target, ReadOnlySpan<byte> input)
{
    if (target == "codec")
    {
        CodecTarget.Run(input);
    }
    else
    {
        SessionTarget.Run(input);
    }
}
