using FluentAssertions;
using Loxi.Nat.DataPlane;
using Loxi.Nat.DependencyInjection;
using Loxi.Nat.Selection;
using Loxi.Nat.Statistics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Loxi.Nat.Tests.DependencyInjection;

public sealed class AddLoxiNatTests
{
    [Fact]
    public void NoContainer_IsNamed()
    {
        var add = () => LoxiNatServiceCollectionExtensions.AddLoxiNat(null!);
        var start = () => LoxiNatBuilderExtensions.StartWithHost(null!);

        add.Should().Throw<ArgumentNullException>().WithParameterName("services");
        start.Should().Throw<ArgumentNullException>().WithParameterName("builder");
    }

    [Fact]
    public void Twice_RegistersOnceAndKeepsWhatIsThere()
    {
        var clock = new FakeTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);

        services.AddLoxiNat(static o => o.MaxServices = 10).StartWithHost();
        services.AddLoxiNat(static o => o.MaxEndpoints = 20).StartWithHost().Services.Should().BeSameAs(services);

        services.Count(static s => s.ServiceType == typeof(NatBalancer)).Should().Be(1);
        services.Count(static s => s.ServiceType == typeof(NatMetrics)).Should().Be(1);
        services.Count(static s => s.ServiceType == typeof(IHostedService)).Should().Be(1);
        services.Count(static s => s.ServiceType == typeof(IValidateOptions<LoxiNatOptions>)).Should().Be(1);
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<TimeProvider>().Should().BeSameAs(clock);
        provider.GetRequiredService<IOptions<LoxiNatOptions>>().Value.Should().Match<LoxiNatOptions>(o => o.MaxServices == 10 && o.MaxEndpoints == 20);
    }

    [Fact]
    public void Defaults_AreThoseOfTheBalancerItself()
    {
        var options = new LoxiNatOptions();

        options.ToNatOptions().Should().Be(new NatOptions { PinPath = options.PinPath });
        options.HashSeed.Should().Be(Maglev.DefaultSeed);
        options.Invoking(static o => o.ToNatOptions().Validate()).Should().NotThrow();
    }

    [Fact]
    public void OptionsOutOfRange_AreAllNamedBeforeAnythingIsLoaded()
    {
        var services = new ServiceCollection();
        services.AddLoxiNat(static o =>
        {
            o.PinPath = "";
            o.MaxConnections = 1_023;
            o.MaxServices = 0;
            o.MaxEndpoints = 4_194_305;
            o.Timeouts = null!;
        });
        using var provider = services.BuildServiceProvider();

        provider.Invoking(static p => p.GetRequiredService<NatBalancer>()).Should().Throw<OptionsValidationException>()
            .Which.Failures.Should().HaveCount(5).And.Contain(f => f.Contains("PinPath")).And.Contain(f => f.Contains("MaxConnections") && f.Contains("1024"))
            .And.Contain(f => f.Contains("MaxServices")).And.Contain(f => f.Contains("MaxEndpoints")).And.Contain(f => f.Contains("Timeouts"));
        provider.Invoking(static p => p.GetRequiredService<IStartupValidator>().Validate()).Should().Throw<OptionsValidationException>();
    }
}
