namespace Loxi.Bgp.Fuzz.Targets;

/// <summary>Inputs from a seed: of the corpus, changed a little or spliced; or of nothing.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private const int Longest = 600;

    // What counts in BGP: lengths at their limits, flags, types.
    private static ReadOnlySpan<byte> Telling => [0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 14, 15, 16, 17, 18, 20, 24, 32, 33, 35, 48, 64, 65, 128, 129, 0x40, 0x80, 0xc0, 0xe0, 0x90, 0xd0, 0xff];

    public byte[] Next()
    {
        if (corpus.Count == 0 || random.Next(16) == 0)
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
        switch (random.Next(7))
        {
            case 0:
                input[place] ^= (byte)(1 << random.Next(8));
                return input;
            case 1:
                input[place] = (byte)random.Next(256);
                return input;
            case 2:
                input[place] = Telling[random.Next(Telling.Length)];
                return input;
            case 3:
                return [.. input[..place], .. input[Math.Min(input.Length, place + random.Next(16))..]];
            case 4:
                var inserted = new byte[random.Next(1, 32)];
                random.NextBytes(inserted);
                return [.. input[..place], .. inserted, .. input[place..]];
            case 5:
                var other = Any();
                return [.. input[..place], .. other[random.Next(other.Length + 1)..]];
            default:
                return [.. input[..place], .. input[place..], .. input[place..]];
        }
    }
}
