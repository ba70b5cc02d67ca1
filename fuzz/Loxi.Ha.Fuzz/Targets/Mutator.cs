namespace Loxi.Ha.Fuzz.Targets;

/// <summary>Inputs from a seed: of the corpus, changed a little or spliced; or of nothing.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private const int Longest = 1400;

    public byte[] Next()
    {
        if (corpus.Count == 0 || random.Next(8) == 0)
        {
            var noise = new byte[random.Next(Longest)];
            random.NextBytes(noise);
            return noise;
        }

        var input = Any();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            input = Mutate(input);
        }

        return input.Length > Longest ? input[..Longest] : input;
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
