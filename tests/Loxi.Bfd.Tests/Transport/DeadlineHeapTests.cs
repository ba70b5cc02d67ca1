using System.Net;
using CsCheck;
using FluentAssertions;
using Loxi.Bfd.Transport;
using Xunit;

namespace Loxi.Bfd.Tests.Transport;

public sealed class DeadlineHeapTests
{
    [Fact]
    public void AnyChanges_TheFirstIsTheNearest() => Gen.Select(Gen.Int[0, 2], Gen.Int[0, 19], Gen.Long[0, 50]).Array[0, 200].Sample(static steps =>
    {
        var heap = new DeadlineHeap();
        var sessions = Enumerable.Range(0, 20).Select(static _ => new EngineSession(new BfdSessionSettings(IPAddress.Loopback), 0, null!, null!)).ToArray();
        var expected = new Dictionary<EngineSession, long>();
        foreach (var (step, index, deadline) in steps)
        {
            var session = sessions[index];
            switch (step)
            {
                case 0 when expected.TryAdd(session, deadline):
                    heap.Add(session, deadline);
                    break;
                case 1 when expected.Remove(session):
                    heap.Remove(session);
                    session.HeapIndex.Should().Be(-1);
                    break;
                case 2 when expected.ContainsKey(session):
                    expected[session] = deadline;
                    heap.Update(session, deadline);
                    break;
                default:
                    break;
            }

            heap.Count.Should().Be(expected.Count);
            heap.FirstDeadline.Should().Be(expected.Count == 0 ? long.MaxValue : expected.Values.Min());
        }

        while (heap.First is { } first)
        {
            first.Deadline.Should().Be(expected.Values.Min());
            expected.Remove(first).Should().BeTrue();
            heap.Remove(first);
        }

        expected.Should().BeEmpty();
    });
}
