namespace Loxi.Bfd.Tests.Support;

/// <summary>Seeded bytes, and a jitter that a test sets: 0 is none, just below 1 the most.</summary>
internal sealed class TestRandom(int seed = 1) : Random(seed)
{
    public double Jitter { get; set; }

    public Queue<uint> Scripted { get; } = [];

    public override double NextDouble() => Jitter;

    public override void NextBytes(Span<byte> buffer)
    {
        if (buffer.Length == sizeof(uint) && Scripted.TryDequeue(out var value))
        {
            BitConverter.TryWriteBytes(buffer, value);
            return;
        }

        base.NextBytes(buffer);
    }
}
