using System.Globalization;
using Loxi.Fuzz;
using Loxi.Ha.Fuzz.Targets;
using SharpFuzz;

const string Usage = """
    usage: Loxi.Ha.Fuzz codec|node                          under afl-fuzz: the input on standard input
           Loxi.Ha.Fuzz codec|node --runs N [--seed S]      N inputs from a seed, from the corpus and from nothing
           Loxi.Ha.Fuzz codec|node --replay FILE...         these inputs
    """;

if (args is not [("codec" or "node") and var target, .. var options])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

if (options is ["--replay", .. { Length: > 0 } files])
{
    foreach (var file in files)
    {
        RunOne(target, File.ReadAllBytes(file));
    }

    Console.WriteLine($"{files.Length} inputs of {target}");
    return 0;
}

if (options.Length == 0)
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
var corpus = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
var mutator = new Mutator(new Random(seed), corpus, longest: 1400);
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
        NodeTarget.Run(input);
    }
}
