using FluentAssertions;
using Loxi.Bfd.Fuzz.Oracle;
using Loxi.Bfd.Fuzz.Targets;
using Loxi.Fuzz;
using Xunit;

namespace Loxi.Bfd.Tests.HostileInput;

/// <summary>The fuzz targets for a few seconds; <c>fuzz/Loxi.Bfd.Fuzz</c> runs them for longer. A failure names its seed and input.</summary>
public sealed class FuzzTests
{
    private static readonly string Corpus = Path.Combine(AppContext.BaseDirectory, "corpus");

    private static byte[][] Read(string target)
    {
        var inputs = Directory.GetFiles(Path.Combine(Corpus, target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        inputs.Should().HaveCountGreaterThan(15);
        return inputs;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void RandomAndMutatedDatagrams_AreJudgedAsTheOracleJudgesThem(int authenticationType)
    {
        long effects = 0;
        for (var seed = 1; seed <= 5; seed++)
        {
            effects += OracleRun.Run(seed, authenticationType, 10_000);
        }

        effects.Should().BeGreaterThan(2_000, "a run without accepted datagrams would show nothing");
    }

    [Fact]
    public void Corpus_OfTheCodec_BreaksNothing()
    {
        foreach (var input in Read("codec"))
        {
            CodecTarget.Run(input);
        }
    }

    [Fact]
    public void Corpus_OfTheSession_BreaksNothing()
    {
        foreach (var input in Read("session"))
        {
            SessionTarget.Run(input);
        }
    }

    [Fact]
    public void MutatedInputs_OfTheCodec_BreakNothing() => Run("codec", 300_000, CodecTarget.Run);

    [Fact]
    public void MutatedInputs_OfTheSession_BreakNothing() => Run("session", 20_000, SessionTarget.Run);

    private delegate void Target(ReadOnlySpan<byte> input);

    private static void Run(string name, int runs, Target target)
    {
        const int Seed = 20;
        var mutator = new Mutator(new Random(Seed), Read(name), longest: 400);
        for (var i = 0; i < runs; i++)
        {
            var input = mutator.Next();
            try
            {
                target(input);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"input {i} of seed {Seed}: {Convert.ToHexString(input)}", e);
            }
        }
    }
}
