using System.Net;
using FluentAssertions;
using Loxi.Api;
using Loxi.Api.Client;
using Loxi.Api.V1;
using Loxi.Core;
using Loxi.Node.Rest;
using Xunit;

namespace Loxi.Node.Tests.Rest;

/// <summary>Planned moves by REST.</summary>
public sealed class HaMovePathsTests : IAsyncLifetime
{
    private const string Drain = "/loxi/v1/ha/drain";
    private RestServer _server = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await RestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Moves_AreAskedForAndTold()
    {
        (await _server.Client.SwitchOverHaAsync("default", new() { To = 2, Force = true }, Token)).Should().Be(new HaMove { Group = InMemoryHa.Group, From = 0, To = 2, Time = 12.5m });
        var drain = await _server.Client.DrainHaAsync(new(), Token);
        drain.Drained.Should().BeTrue();
        drain.Moves.Should().Equal(new HaMove { Group = InMemoryHa.Group, From = 0, To = 1 }, new HaMove { Group = "inst1", From = 0, Problem = "why" });
        (await _server.Client.ResumeHaAsync(Token)).Drained.Should().BeFalse();

        _server.Moves.Asked.Should().Equal($"switchover {InMemoryHa.Group} 2 True", "drain ", "resume");
    }

    [Theory]
    [InlineData(false, 409, ApiErrors.MoveRefused)]
    [InlineData(true, 400, ApiErrors.MoveMalformed)]
    public async Task WhatStandsAgainstAMove_IsNamed(bool isMalformed, int status, string text)
    {
        (_server.Moves.Problem, _server.Moves.Refusal) = (Problem.Of("to", "node 1: not heard", "a node that is heard"), isMalformed ? HaMoveOutcome.Malformed : HaMoveOutcome.Refused);

        foreach (var move in (Func<Task>[])[() => _server.Client.SwitchOverHaAsync("default", new(), Token), () => _server.Client.DrainHaAsync(new(), Token), () => _server.Client.ResumeHaAsync(Token)])
        {
            var thrown = (await move.Should().ThrowAsync<LoxiApiException>()).Which;
            ((int?)thrown.StatusCode).Should().Be(status);
            thrown.Message.Should().Contain(text).And.Contain("to: value 'node 1: not heard', expected a node that is heard");
        }
    }

    [Fact]
    public async Task WrongBodies_AreRefused()
    {
        (await _server.SendAsync("PUT", Drain, "{\"force\":7}")).Status.Should().Be(400);
        (await _server.SendAsync("PUT", Drain, "{\"to\":\"one\"}")).Status.Should().Be(400);
        _server.Moves.Refusal = HaMoveOutcome.NotFound;
        _server.Moves.Problem = Problem.Of("group", "inst7", "one");
        (await _server.SendAsync("PUT", "/loxi/v1/ha/groups/inst7/switchover", "{}")).Status.Should().Be(404);
    }
}
