using FluentAssertions;
using Loxi.Bgp.Fuzz.Oracle;
using Loxi.Bgp.Fuzz.Targets;
using Loxi.Bgp.Wire;
using Xunit;

namespace Loxi.Bgp.Tests.Wire;

/// <summary>The fuzz targets for a few seconds; <c>fuzz/Loxi.Bgp.Fuzz</c> runs them for longer. A failure names its seed and input.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20;

    public static TheoryData<string> Targets { get; } = ["open", "capabilities", "update", "attributes"];

    private static byte[][] Corpus(string target)
    {
        var inputs = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        inputs.Should().HaveCountGreaterThan(15);
        return inputs;
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void Corpus_BreaksNothing(string target)
    {
        foreach (var input in Corpus(target))
        {
            FuzzTargets.All[target](input);
        }
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void MutatedInputs_BreakNothing(string target)
    {
        var source = new FuzzSource(target, Seed, Corpus(target));
        for (var i = 0; i < 20_000; i++)
        {
            var input = source.Next();
            try
            {
                FuzzTargets.All[target](input);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"input {i} of seed {Seed}: {Convert.ToHexString(input)}", e);
            }
        }
    }

    [Fact]
    public void MutatedUpdates_ReachEveryOutcome()
    {
        // A run that is refused at the first length would show nothing.
        var source = new FuzzSource("update", Seed, Corpus("update"));
        var buffer = new UpdateBuffer();
        var outcomes = new Dictionary<ErrorHandling, int>();
        const int Runs = 20_000;
        for (var i = 0; i < Runs; i++)
        {
            var input = source.Next();
            if (input.Length >= 5)
            {
                var outcome = UpdateReader.Read(FuzzMessage.Of(2, input.AsSpan(1)), OracleSession.Of(input[0]).Context, buffer).Outcome;
                outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            }
        }

        outcomes.Keys.Order().Should().Equal(Enum.GetValues<ErrorHandling>());
        outcomes.Values.Should().OnlyContain(count => count > Runs / 200);
        outcomes[ErrorHandling.None].Should().BeGreaterThan(Runs / 20);
    }
}
