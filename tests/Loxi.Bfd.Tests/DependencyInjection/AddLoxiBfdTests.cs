using FluentAssertions;
using Loxi.Bfd.DependencyInjection;
using Loxi.Bfd.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Xunit;

namespace Loxi.Bfd.Tests.DependencyInjection;

public sealed class AddLoxiBfdTests
{
    [Fact]
    public void NoContainer_IsNamed()
    {
        FluentActions.Invoking(static () => LoxiBfdServiceCollectionExtensions.AddLoxiBfd(null!)).Should().Throw<ArgumentNullException>().WithParameterName("services");
        FluentActions.Invoking(static () => LoxiBfdBuilderExtensions.StartWithHost(null!)).Should().Throw<ArgumentNullException>().WithParameterName("builder");
        FluentActions.Invoking(static () => new ServiceCollection().AddLoxiBfd().StartWithHost(null!)).Should().Throw<ArgumentNullException>().WithParameterName("sessions");
    }

    [Fact]
    public async Task Twice_RegistersOnce_AndTheSpeakerOpensNothing()
    {
        var services = new ServiceCollection();

        services.AddLoxiBfd(static o => o.RealTimePriority = 10).StartWithHost();
        services.AddLoxiBfd().StartWithHost().Services.Should().BeSameAs(services);

        services.Count(static s => s.ServiceType == typeof(BfdSpeaker)).Should().Be(1);
        services.Count(static s => s.ServiceType == typeof(BfdMetrics)).Should().Be(1);
        services.Count(static s => s.ServiceType == typeof(IHostedService)).Should().Be(1);
        services.Count(static s => s.ServiceType == typeof(IValidateOptions<LoxiBfdOptions>)).Should().Be(1);
        await using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IOptions<LoxiBfdOptions>>().Value.RealTimePriority.Should().Be(10);
        var speaker = provider.GetRequiredService<BfdSpeaker>();
        await speaker.ApplyAsync([], TestContext.Current.CancellationToken);
        (await speaker.ReadSessionsAsync()).Should().BeEmpty();
        speaker.Engine.Should().BeNull();
    }

    [Theory]
    [InlineData(-0.001)]
    [InlineData(60.001)]
    [InlineData(double.NaN)]
    public void StopTimeoutOutOfRange_IsNamed(double seconds)
    {
        var services = new ServiceCollection();
        services.AddLoxiBfd(o => o.StopTimeoutSeconds = seconds);
        using var provider = services.BuildServiceProvider();

        provider.Invoking(static p => p.GetRequiredService<BfdSpeaker>()).Should().Throw<OptionsValidationException>().WithMessage("*StopTimeout*");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100)]
    public void OptionsOutOfRange_AreNamedBeforeAnythingIsMade(int priority)
    {
        var services = new ServiceCollection();
        services.AddLoxiBfd(o => o.RealTimePriority = priority);
        using var provider = services.BuildServiceProvider();

        provider.Invoking(static p => p.GetRequiredService<BfdSpeaker>()).Should().Throw<OptionsValidationException>().WithMessage("*RealTimePriority*");
        provider.Invoking(static p => p.GetRequiredService<IStartupValidator>().Validate()).Should().Throw<OptionsValidationException>();
    }
}
