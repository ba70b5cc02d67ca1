using System.Buffers.Binary;
using FluentAssertions;
using Loxi.Nat.Refusals;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.Tests.Refusals;

public sealed class RefusalLimiterTests
{
    private static readonly byte[] Source = [198, 51, 100, 7];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void OneSource_BurstThenItsRate()
    {
        var limiter = new RefusalLimiter(_time, 1);

        Take(limiter, RefusalKind.HostUnreachable, Source, 1000).Should().Be(40);
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(limiter, RefusalKind.HostUnreachable, Source, 1000).Should().Be(20);
        limiter.Granted(RefusalKind.HostUnreachable).Should().Be(60);
        limiter.Suppressed(RefusalKind.HostUnreachable).Should().Be(1940);
        limiter.Suppressed(RefusalKind.TcpReset).Should().Be(0);
    }

    [Theory]
    [InlineData(RefusalKind.TcpReset)]
    [InlineData(RefusalKind.SctpAbort)]
    public void AnswersOfTransports_HaveTheRatesOfResets(RefusalKind kind)
    {
        var limiter = new RefusalLimiter(_time, 1);

        Take(limiter, kind, Source, 1000).Should().Be(400);
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(limiter, kind, Source, 1000).Should().Be(200);
    }

    [Fact]
    public void OtherSourceAndOtherKind_OwnBuckets()
    {
        var limiter = new RefusalLimiter(_time, 1);
        Take(limiter, RefusalKind.HostUnreachable, Source, 100);

        limiter.TryTake(RefusalKind.HostUnreachable, [198, 51, 100, 8]).Should().BeTrue();
        limiter.TryTake(RefusalKind.TimeExceeded, Source).Should().BeTrue();
        limiter.TryTake(RefusalKind.HostUnreachable, Source).Should().BeFalse();
    }

    [Fact]
    public void Ipv6Sources_ShareABucketPer64()
    {
        var limiter = new RefusalLimiter(_time, 1);
        var source = new byte[16];
        var granted = 0;
        for (var i = 0; i < 200; i++)
        {
            source[15] = (byte)i;
            granted += limiter.TryTake(RefusalKind.HostUnreachable, source) ? 1 : 0;
        }

        granted.Should().Be(40);
        source[7] = 1;
        limiter.TryTake(RefusalKind.HostUnreachable, source).Should().BeTrue();
    }

    [Fact]
    public void ManyForgedSources_TogetherLimited()
    {
        var limiter = new RefusalLimiter(_time, 1, new RefusalLimiterOptions { TableSize = 64 });
        var source = new byte[4];
        var granted = 0;
        for (var i = 1; i <= 50_000; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(source, i);
            granted += limiter.TryTake(RefusalKind.HostUnreachable, source) ? 1 : 0;
        }

        granted.Should().Be(1000);
        limiter.Suppressed(RefusalKind.HostUnreachable).Should().Be(49_000);
    }

    [Fact]
    public void Taking_AllocatesNothing()
    {
        var limiter = new RefusalLimiter(_time, 1);
        limiter.TryTake(RefusalKind.TcpReset, Source);

        // The fake clock itself may allocate a little; one object per call would be 24,000 bytes.
        Allocations.Of(() => Take(limiter, RefusalKind.TcpReset, Source, 1000)).Should().BeLessThan(1000);
    }

    [Fact]
    public void WrongArguments_Refused()
    {
        var limiter = new RefusalLimiter(_time, 1);
        var length = () => limiter.TryTake(RefusalKind.TcpReset, new byte[5]);
        var kind = () => limiter.TryTake((RefusalKind)8, Source);
        var rate = () => new RefusalLimiter(_time, 1, new RefusalLimiterOptions { ErrorsPerSource = 0 });

        length.Should().Throw<ArgumentException>();
        kind.Should().Throw<ArgumentOutOfRangeException>();
        rate.Should().Throw<ArgumentOutOfRangeException>();
    }

    private static int Take(RefusalLimiter limiter, RefusalKind kind, byte[] source, int times)
    {
        var granted = 0;
        for (var i = 0; i < times; i++)
        {
            granted += limiter.TryTake(kind, source) ? 1 : 0;
        }

        return granted;
    }
}
