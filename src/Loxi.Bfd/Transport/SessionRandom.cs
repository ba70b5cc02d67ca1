using System.Security.Cryptography;

namespace Loxi.Bfd.Transport;

/// <summary>What others could use if they guessed it (discriminators, sequence numbers, cookies) from the system's generator; jitter, once for each packet, from a fast one.</summary>
internal sealed class SessionRandom : Random
{
    private readonly Random _jitter = new();

    public override void NextBytes(byte[] buffer) => RandomNumberGenerator.Fill(buffer);

    public override void NextBytes(Span<byte> buffer) => RandomNumberGenerator.Fill(buffer);

    public override double NextDouble() => _jitter.NextDouble();

    public override int Next(int maxValue) => maxValue <= 1 ? 0 : RandomNumberGenerator.GetInt32(maxValue);
}
