using FluentAssertions;
using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Transport;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Bgp.Tests.Transport;

public sealed class RouterAdvertiserTests
{
    [Fact]
    public async Task InterfaceThatIsNotThere_IsNamedOnce_AndTriedAgain()
    {
        var (time, logger) = (new FakeTimeProvider(), new LineLogger());
        await using var advertiser = new RouterAdvertiser(null, time, new Random(1), logger);
        advertiser.Set(["loxi-none"]);
        time.Advance(TimeSpan.FromSeconds(1));

        logger.Lines.Should().ContainSingle().Which.Should().Be((4028, "BGP cannot send router advertisements on loxi-none, which a peer there waits for: find interface 'loxi-none': No such device (errno 19)"));
        time.Advance(TimeSpan.FromSeconds(30));
        logger.Lines.Should().ContainSingle();

        advertiser.Set([]);
        advertiser.Set(["loxi-none"]);
        time.Advance(TimeSpan.FromSeconds(1));
        logger.Lines.Should().HaveCount(2, "whoever asks again hears it again");
    }
}
