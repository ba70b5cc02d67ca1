namespace Loxi.Sim;

/// <summary>
/// The random numbers of the simulator: xoshiro256** (Blackman and Vigna), its state the first four numbers of SplitMix64 from the seed. The sequence is a contract: a seed means the same run
/// on every machine and in every version, until <see cref="Scenario.Version"/> changes.
/// </summary>
internal struct SimRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SimRandom(ulong seed)
    {
        _a = SplitMix(ref seed);
        _b = SplitMix(ref seed);
        _c = SplitMix(ref seed);
        _d = SplitMix(ref seed);
    }

    public SimRandom(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    /// <summary>A generator of its own for one thing of a run, so that what happens to one link does not depend on what happens to another.</summary>
    public static SimRandom For(ulong seed, ulong thing)
    {
        var mixed = seed;
        _ = SplitMix(ref mixed);
        return new SimRandom(mixed ^ (thing * 0xD1342543DE82EF95));
    }

    public static ulong SplitMix(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public ulong Next()
    {
        var result = ulong.RotateLeft(_b * 5, 7) * 9;
        var t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = ulong.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 to <paramref name="below"/> - 1: the high half of a product, one number each.</summary>
    public int Below(int below) => (int)Math.BigMul(Next(), (ulong)below, out _);

    /// <summary>From <paramref name="least"/> to <paramref name="most"/>, both possible.</summary>
    public long Between(long least, long most) => least + (long)Math.BigMul(Next(), (ulong)(most - least + 1), out _);

    /// <summary>True in <paramref name="perMille"/> of 1000 cases.</summary>
    public bool Chance(int perMille) => Below(1000) < perMille;
}
