namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>Inputs for a target from a seed.</summary>
internal sealed class FuzzSource(string target, int seed, IReadOnlyList<byte[]> corpus)
{
    private readonly Random _random = new(seed);
    private readonly Mutator _mutator = new(new Random(seed), corpus);

    public byte[] Next()
    {
        var input = _mutator.Next();
        if (target == "update" && _random.Next(4) != 0)
        {
            UpdateTarget.Repair(input);
        }

        return input;
    }
}
