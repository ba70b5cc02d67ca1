namespace Loxi.Fuzz;

/// <summary>Inputs from a seed: of the corpus, changed a little or spliced; or of nothing.</summary>
/// <param name="random">The seed.</param>
/// <param name="corpus">What is changed.</param>
/// <param name="longest">No input is longer, in octets.</param>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus, int longest)
{
    public byte[] Next()
    {
        if (corpus.Count == 0 || random.Next(8) == 0)
        {
            var noise = new byte[random.Next(longest)];
            random.NextBytes(noise);
            return noise;
        }

        var input = Any();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            input = Mutate(input);
        }

        return input.Length > longest ? input[..longest] : input;
    }

    private byte[] Any() => (byte[])corpus[random.Next(corpus.Count)].Clone();

    private byte[] Mutate(byte[] input)
    {
        if (input.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        var place = random.Next(input.Length);
        switch (random.Next(6))
        {
            case 0:
                input[place] ^= (byte)(1 << random.Next(8));
                return input;
            case 1:
                input[place] = (byte)random.Next(256);
                return input;
            case 2:
                return [.. input[..place], .. input[Math.Min(input.Length, place + random.Next(16))..]];
            case 3:
                var inserted = new byte[random.Next(1, 32)];
                random.NextBytes(inserted);
                return [.. input[..place], .. inserted, .. input[place..]];
            case 4:
                var other = Any();
                return [.. input[..place], .. other[Math.Min(other.Length, random.Next(other.Length + 1))..]];
            default:
                return [.. input[..place], .. input[place..], .. input[place..]];
        }
    }
}
