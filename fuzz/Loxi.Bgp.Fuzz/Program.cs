using System.Globalization;
using Loxi.Bgp.Fuzz.Targets;
using SharpFuzz;

const string Usage = """
    usage: Loxi.Bgp.Fuzz open|capabilities|update|attributes                          under afl-fuzz: the input on standard input
           Loxi.Bgp.Fuzz open|capabilities|update|attributes --runs N [--seed S]      N inputs from a seed, from the corpus and from nothing
           Loxi.Bgp.Fuzz open|capabilities|update|attributes --replay FILE...         these inputs
    """;

if (args is not [("open" or "capabilities" or "update" or "attributes") and var target, .. var options])
{
    Console.Error.WriteLine(Usage);
    return 2;
}

if (options is ["--replay", .. { Length: > 0 } files])
{
    foreach (var file in files)
    {
        FuzzTargets.Run(target, File.ReadAllBytes(file));
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
        FuzzTargets.Run(target, memory.ToArray());
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
var source = new FuzzSource(target, seed, corpus);
for (long i = 0; i < runs; i++)
{
    var input = source.Next();
    try
    {
        FuzzTargets.Run(target, input);
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
