using CsCheck;
using FluentAssertions;

namespace Loxi.Nat.RootTests.Support;

/// <summary>Random packets through both hooks, in a world that begins anew each time: what one does the other does too.</summary>
internal static class HookComparison
{
    private const int Sequences = 400;

    public static void Check<TStep>(World world, Gen<TStep> steps, Func<TStep, byte[]> toFrame, Func<Outcome, Outcome, bool> same, string seed)
    {
        var (compared, forwarded) = (0, 0);
        steps.Array[1, 25].Sample(
            sequence =>
            {
                var frames = Array.ConvertAll(sequence, s => toFrame(s));
                var tc = RunAll(world, Hook.Tc, frames);
                var xdp = RunAll(world, Hook.Xdp, frames);
                for (var i = 0; i < frames.Length; i++)
                {
                    same(tc[i], xdp[i]).Should().BeTrue($"packet {i}, {sequence[i]}:\n  TC  {tc[i]}\n  XDP {xdp[i]}\n  {Convert.ToHexString(frames[i])}");
                    compared++;
                    forwarded += tc[i].Verdict == Verdict.Sent ? 1 : 0;
                }
            },
            seed: seed,
            iter: Sequences,
            threads: 1);

        compared.Should().BeGreaterThan(3000);
        forwarded.Should().BeGreaterThan(compared / 5, "the packets must not be refused at the door");
    }

    private static Outcome[] RunAll(World world, Hook hook, byte[][] frames)
    {
        world.Hook = hook;
        world.HasSeenTags = false;
        var outcomes = Array.ConvertAll(frames, frame => world.Send(frame));
        world.ForgetPackets();
        world.EntryCount.Should().Be(0);
        return outcomes;
    }
}
