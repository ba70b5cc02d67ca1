using FluentAssertions;
using Loxi.Fuzz;
using Loxi.Ha.Fuzz.Targets;
using Xunit;

namespace Loxi.Ha.Tests.Transport;

/// <summary>The fuzz targets for a few seconds; <c>fuzz/Loxi.Ha.Fuzz</c> runs them for longer. A failure names its seed and input.</summary>
public sealed class FuzzTests
{
    private const int Seed = 20;

    private delegate void Target(ReadOnlySpan<byte> input);

    private static byte[][] Read(string target)
    {
        var inputs = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", target)).Order(StringComparer.Ordinal).Select(File.ReadAllBytes).ToArray();
        inputs.Should().HaveCountGreaterThan(15);
        return inputs;
    }

    [Fact]
    public void Corpus_OfTheCodec_BreaksNothing() => Array.ForEach(Read("codec"), static input => CodecTarget.Run(input));

    [Fact]
    public void Corpus_OfTheNode_BreaksNothing() => Array.ForEach(Read("node"), static input => NodeTarget.Run(input));

    [Fact]
    public void MutatedInputs_OfTheCodec_BreakNothing() => Run("codec", 200_000, CodecTarget.Run);

    [Fact]
    public void MutatedInputs_OfTheNode_BreakNothing() => Run("node", 20_000, NodeTarget.Run);

    private static void Run(string name, int runs, Target target)
    {
        var mutator = new Mutator(new Random(Seed), Read(name), longest: 1400);
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
