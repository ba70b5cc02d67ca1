using System.Globalization;
using SharpFuzz;

namespace Loxi.Fuzz;

/// <summary>The command line that all fuzz programs have: one input under afl-fuzz, many from a seed, or those of files.</summary>
/// <param name="name">The program's.</param>
/// <param name="targets">By name.</param>
/// <param name="source">Gives the inputs of a target, from a seed and the corpus.</param>
/// <param name="more">Lines for the usage.</param>
internal sealed class FuzzProgram(string name, IReadOnlyDictionary<string, FuzzTarget> targets, Func<string, int, byte[][], Func<byte[]>> source, string more = "")
{
    private const int DefaultSeed = 1;

    /// <returns>0; 1 after an input that broke a rule, 2 after a wrong call.</returns>
    public int Run(string[] arguments)
    {
        if (arguments is not [var target, .. var options] || !targets.TryGetValue(target, out var run))
        {
            return Misused();
        }

        return options switch
        {
            [] => RunFromStandardInput(run),
            ["--replay", .. { Length: > 0 } files] => Replay(target, run, files),
            _ => TryReadRuns(options, out var runs, out var seed) ? RunMany(target, run, runs, seed) : Misused(),
        };
    }

    /// <summary>Reads <c>--runs N [--seed S]</c>.</summary>
    public static bool TryReadRuns(string[] options, out long runs, out int seed)
    {
        (runs, seed) = (0, DefaultSeed);
        return options switch
        {
            ["--runs", var count] => TryRead(count, out runs),
            ["--runs", var count, "--seed", var start] => TryRead(count, out runs) && int.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out seed),
            _ => false,
        };

        static bool TryRead(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    public int Misused()
    {
        var call = $"{name} {string.Join('|', targets.Keys)}";
        Console.Error.WriteLine($"""
            usage: {call}                          under afl-fuzz: the input on standard input
                   {call} --runs N [--seed S]      N inputs from a seed (default {DefaultSeed}), from the corpus and from nothing
                   {call} --replay FILE...         these inputs
            """);
        if (more.Length > 0)
        {
            Console.Error.WriteLine($"       {more}");
        }

        return 2;
    }

    private static int RunFromStandardInput(FuzzTarget run)
    {
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            run(memory.ToArray());
        });
        return 0;
    }

    private static int Replay(string target, FuzzTarget run, string[] files)
    {
        foreach (var file in files)
        {
            run(File.ReadAllBytes(file));
        }

        Console.WriteLine($"{files.Length} inputs of {target}");
        return 0;
    }

    private int RunMany(string target, FuzzTarget run, long runs, int seed)
    {
        var corpus = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        var next = source(target, seed, corpus);
        for (long i = 0; i < runs; i++)
        {
            var input = next();
            try
            {
                run(input);
            }
            catch (Exception e)
            {
                Console.Error.WriteLine($"run {i} of {target}, seed {seed}: {Convert.ToHexString(input)}\n{e}");
                return 1;
            }
        }

        Console.WriteLine($"{runs} inputs of {target}, seed {seed}, {corpus.Length} in the corpus");
        return 0;
    }
}
