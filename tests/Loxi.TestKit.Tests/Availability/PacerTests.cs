using FluentAssertions;
using Loxi.TestKit.Availability;
using Xunit;

namespace Loxi.TestKit.Tests.Availability;

public sealed class PacerTests
{
    [Fact]
    public void WhatATurnWorksWith_IsGone_ItEnds()
    {
        using var turn = new ManualResetEventSlim();
        var turns = 0;
        var pacer = new Pacer("gone", TimeSpan.FromMilliseconds(1), () =>
        {
            turns++;
            turn.Set();
            throw new ObjectDisposedException("socket");
        }, static () => true);

        turn.Wait(TestContext.Current.CancellationToken);
        pacer.Dispose();

        turns.Should().Be(1);
    }

    /// <summary>A fault of the tool is none of the lab's: it is not taken for the end of one.</summary>
    [Fact]
    public void AnotherFault_IsNotTakenForTheEnd()
    {
        Pacer.IsEnd(new ObjectDisposedException("socket"), static () => false).Should().BeFalse();
        Pacer.IsEnd(new InvalidOperationException(), static () => true).Should().BeFalse();
        Pacer.IsEnd(new ObjectDisposedException("socket"), static () => true).Should().BeTrue();
    }
}
