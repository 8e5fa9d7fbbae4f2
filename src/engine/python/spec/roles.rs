//! What is the function or class `it` (or the marked one's file's first of that name) to its framework? Asked with
//! the frameworks' real data.

use std::sync::{Arc, LazyLock};

use crate::engine::python::{ModelField, Module, Role, Route, Types};
use crate::engine::{Limits, RuleSet, Source};

static KNOWN: LazyLock<Arc<Types>> = LazyLock::new(|| RuleSet::embedded().unwrap().types());

fn module_at(path: &str, text: &str) -> Module {
    let source = Source::decode(path, text.as_bytes(), &Limits::default()).unwrap();
    Module::parse(source, &Limits::default(), Arc::clone(&KNOWN)).unwrap()
}

fn spell_route(module: &Module, route: &Route) -> String {
    let path = route.path.as_deref().unwrap_or("?");
    let router = route.router.map_or(String::new(), |router| format!(" on {}", module.text(router)));
    let guards = route.protections.iter().map(|node| format!(" +{}", module.text(*node)));
    format!("{} {path}{router}{}", route.methods.join(","), guards.collect::<String>())
}

fn spell_field(module: &Module, field: &ModelField) -> String {
    let flag = |holds: bool, word: &str| if holds { format!(" {word}") } else { String::new() };
    let kind = field.type_name.as_deref().unwrap_or("?").rsplit('.').next().unwrap_or_default();
    format!(
        "{} {kind}{}{}{}{}",
        module.names().text(field.name),
        flag(field.unique, "unique"),
        flag(field.nullable, "null"),
        flag(field.index, "index"),
        flag(field.default.is_some(), "default"),
    )
}

fn spell(module: &Module, role: &Role) -> String {
    match role {
        Role::Route(route) => format!("route {}", spell_route(module, route)),
        Role::WebSocket(route) => format!("websocket {}", spell_route(module, route)),
        Role::Model(model) => {
            let fields: Vec<String> = model.fields.iter().map(|field| spell_field(module, field)).collect();
            let table = if model.is_table { "table" } else { "schema" };
            format!("{} {table}: {}", model.framework, fields.join(", "))
        }
        other => format!("{other:?}").to_lowercase(),
    }
}

/// The roles of the function or class called `it` or `It`.
fn roles(path: &str, text: &str) -> String {
    let module = module_at(path, text);
    let named = |name: crate::engine::python::Name, it: &str| module.names().text(name) == it;
    let functions =
        module.functions().filter(|(_, function)| function.name.is_some_and(|name| named(name, "it")));
    let classes = module.classes().filter(|(_, class)| named(class.name, "It"));
    let mut words: Vec<String> = Vec::new();
    for (id, _) in functions {
        words.extend(module.roles_of_function(id).iter().map(|role| spell(&module, role)));
    }
    for (id, _) in classes {
        words.extend(module.roles_of_class(id).iter().map(|role| spell(&module, role)));
    }
    words.join("; ")
}

fn check(cases: &[(&str, &str)]) {
    for (text, expect) in cases {
        assert_eq!(roles("app.py", text), *expect, "in\n{text}");
    }
}

#[test]
fn routes_are_known_by_decorators_and_registrations() {
    check(&[
        (
            "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/a')\ndef it(): pass",
            "route GET /a on app",
        ),
        (
            "from fastapi import APIRouter\nr = APIRouter()\n@r.post('/a', status_code=201)\nasync def it(): pass",
            "route POST /a on r",
        ),
        (
            "from fastapi import FastAPI\napp = FastAPI()\n@app.websocket('/ws')\nasync def it(ws): pass",
            "websocket WEBSOCKET /ws on app",
        ),
        (
            "from fastapi import FastAPI\nP = '/a'\napp = FastAPI()\n@app.api_route(P + '/b', methods=['put', 'POST'])\ndef it(): pass",
            "route PUT,POST /a/b on app",
        ),
        (
            "from fastapi import FastAPI\napp = FastAPI()\n@app.get(path())\ndef it(): pass",
            "route GET ? on app",
        ),
        (
            "from starlette.routing import Route\ndef it(request): pass\nroutes = [Route('/a', it, methods=['POST'])]",
            "route POST /a",
        ),
        (
            "from flask import Flask\napp = Flask(__name__)\n@app.route('/a')\ndef it(): pass",
            "route GET /a on app",
        ),
        (
            "from flask import Blueprint\nbp = Blueprint('b', __name__)\n@bp.post('/a')\ndef it(): pass",
            "route POST /a on bp",
        ),
        (
            "from flask import Flask\napp = Flask(__name__)\ndef it(): pass\napp.add_url_rule('/a', view_func=it)",
            "route GET /a on app",
        ),
        (
            "from django.urls import path\ndef it(request): pass\nurlpatterns = [path('a/', it, name='a')]",
            "route * a/",
        ),
        (
            "from django.urls import path\n@login_required\ndef it(request): pass\nurlpatterns = [path('a/', it)]",
            "route * a/ +@login_required",
        ),
        (
            "from rest_framework.decorators import api_view\n@api_view(['GET', 'POST'])\ndef it(request): pass",
            "route GET,POST ?",
        ),
        (
            "from ninja import NinjaAPI\napi = NinjaAPI()\n@api.get('/a', auth=None)\ndef it(request): pass",
            "route GET /a on api +None",
        ),
        (
            "from aiohttp import web\nroutes = web.RouteTableDef()\n@routes.get('/a')\nasync def it(request): pass",
            "route GET /a on routes",
        ),
        (
            "from aiohttp import web\nasync def it(request): pass\napp = web.Application()\napp.router.add_get('/a', it)",
            "route GET /a on app.router",
        ),
        (
            "from sanic import Sanic\napp = Sanic('x')\n@app.get('/a')\nasync def it(request): pass",
            "route GET /a on app",
        ),
        (
            "from litestar import get\n@get('/a', guards=[g])\nasync def it() -> int: pass",
            "route GET /a +[g]",
        ),
        (
            "from litestar import websocket\n@websocket('/ws')\nasync def it(socket): pass",
            "websocket WEBSOCKET /ws",
        ),
        (
            "import strawberry\n@strawberry.type\nclass Query:\n    @strawberry.field\n    def it(self) -> int: pass",
            "route QUERY ?",
        ),
        ("@app.get('/a')\ndef it(): pass", ""),
        (
            "from fastapi import FastAPI\napp = FastAPI()\n@app.middleware('http')\nasync def it(r, n): pass",
            "",
        ),
    ]);
}

#[test]
fn routes_know_what_protects_them() {
    check(&[
        (
            "from fastapi import FastAPI, Depends\napp = FastAPI()\n@app.get('/a', dependencies=[Depends(auth)])\ndef it(): pass",
            "route GET /a on app +[Depends(auth)]",
        ),
        (
            "from fastapi import APIRouter, Depends\nr = APIRouter(dependencies=[Depends(auth)])\n@r.get('/a')\ndef it(): pass",
            "route GET /a on r +[Depends(auth)]",
        ),
        (
            "from fastapi import FastAPI, Depends\napp = FastAPI()\n@app.get('/a')\ndef it(user=Depends(auth)): pass",
            "route GET /a on app +Depends(auth)",
        ),
        (
            "from typing import Annotated\nfrom fastapi import FastAPI, Security\napp = FastAPI()\n@app.get('/a')\ndef it(user: Annotated[User, Security(auth)]): pass",
            "route GET /a on app +Security(auth)",
        ),
        (
            "from flask import Flask\napp = Flask(__name__)\n@app.get('/a')\n@login_required\ndef it(): pass",
            "route GET /a on app +@login_required",
        ),
        (
            "from django.urls import path\ndef it(request): pass\nurlpatterns = [path('a/', login_required(it))]",
            "route * a/",
        ),
    ]);
}

#[test]
fn methods_of_views_are_routes() {
    check(&[
        ("from django.views import View\nclass V(View):\n    def it(self, request): pass", ""),
        ("from django.views import View\nclass It(View):\n    pass", "view"),
        (
            "from rest_framework.views import APIView\nclass It(APIView):\n    def get(self, request): pass",
            "view",
        ),
        (
            "from tornado.web import RequestHandler\nclass Base(RequestHandler): pass\nclass It(Base): pass",
            "view",
        ),
    ]);
    let get = |text: &str| {
        let module = module_at("app.py", text);
        let (id, _) = module.functions().next().unwrap();
        module.roles_of_function(id).iter().map(|role| spell(&module, role)).collect::<Vec<_>>().join("; ")
    };
    let cases = [
        (
            "from rest_framework.views import APIView\nclass V(APIView):\n    permission_classes = [Admin]\n    def get(self, request): pass",
            "route GET ? +[Admin]",
        ),
        (
            "from rest_framework.viewsets import ModelViewSet\nclass V(ModelViewSet):\n    def destroy(self, request, pk): pass",
            "route DELETE ?",
        ),
        (
            "from flask.views import MethodView\nclass V(MethodView):\n    decorators = [login]\n    def post(self): pass",
            "route POST ? +[login]",
        ),
        (
            "import tornado.web\nclass V(tornado.web.RequestHandler):\n    @tornado.web.authenticated\n    def get(self): pass",
            "route GET ? +@tornado.web.authenticated",
        ),
        (
            "from tornado.websocket import WebSocketHandler\nclass V(WebSocketHandler):\n    def on_message(self, text): pass",
            "websocket WEBSOCKET ?",
        ),
        (
            "from channels.generic.websocket import AsyncWebsocketConsumer\nclass V(AsyncWebsocketConsumer):\n    async def receive(self, text): pass",
            "websocket WEBSOCKET ?",
        ),
        ("from aiohttp import web\nclass V(web.View):\n    async def patch(self): pass", "route PATCH ?"),
        ("class V(Unknown):\n    def get(self): pass", ""),
    ];
    for (text, expect) in cases {
        assert_eq!(get(text), expect, "in\n{text}");
    }
}

#[test]
fn tasks_dependencies_lifespans_and_commands_are_known() {
    check(&[
        ("from celery import shared_task\n@shared_task\ndef it(): pass", "task"),
        ("from celery import Celery\napp = Celery('x')\n@app.task(bind=True)\ndef it(self): pass", "task"),
        ("import dramatiq\n@dramatiq.actor\ndef it(): pass", "task"),
        ("async def it(ctx): pass\nclass WorkerSettings:\n    functions = [it]", "task"),
        (
            "from arq import cron\nasync def it(ctx): pass\nclass WorkerSettings:\n    cron_jobs = [cron(it, hour=1)]",
            "task",
        ),
        ("async def it(ctx): pass\nclass Anything:\n    functions = [it]", ""),
        ("from fastapi import Depends\ndef it(): pass\ndef f(x=Depends(it)): pass", "dependency"),
        ("from fastapi import Depends\nclass It: pass\ndef f(x=Depends(It)): pass", "dependency"),
        ("from fastapi import FastAPI\nasync def it(app): yield\napp = FastAPI(lifespan=it)", "lifespan"),
        (
            "from fastapi import FastAPI\napp = FastAPI()\n@app.on_event('startup')\nasync def it(): pass",
            "lifespan",
        ),
        (
            "from starlette.applications import Starlette\ndef it(): pass\napp = Starlette(on_startup=[it])",
            "lifespan",
        ),
        (
            "from sanic import Sanic\napp = Sanic('x')\n@app.before_server_start\nasync def it(app): pass",
            "lifespan",
        ),
        ("from django.core.management.base import BaseCommand\nclass It(BaseCommand): pass", "command"),
        ("import click\n@click.command()\ndef it(): pass", "command"),
        ("import typer\napp = typer.Typer()\n@app.command()\ndef it(): pass", "command"),
        (
            "from pydantic_settings import BaseSettings\nclass It(BaseSettings):\n    debug: bool = False",
            "settings",
        ),
        ("def it(): pass", ""),
    ]);
    assert_eq!(roles("tests/test_a.py", "class It: pass\ndef it(): pass"), "");
    assert!(
        module_at("tests/test_a.py", "def test_a(): pass")
            .roles_of_function_named("test_a")
            .contains(&Role::Test)
    );
}

impl Module {
    fn roles_of_function_named(&self, name: &str) -> &[Role] {
        let named = |function: &crate::engine::python::Function| {
            function.name.is_some_and(|known| self.names().text(known) == name)
        };
        let (id, _) = self.functions().find(|(_, function)| named(function)).unwrap();
        self.roles_of_function(id)
    }
}

#[test]
fn models_have_fields() {
    check(&[
        (
            "from django.db import models\nclass It(models.Model):\n    a = models.CharField(max_length=9, unique=True)\n    b = models.IntegerField(null=True, default=1, db_index=True)\n    c = 1",
            "django table: a CharField unique, b IntegerField null index default",
        ),
        (
            "from django.db import models\nclass Base(models.Model): pass\nclass It(Base):\n    a = models.TextField()",
            "django table: a TextField",
        ),
        (
            "from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import declarative_base\nBase = declarative_base()\nclass It(Base):\n    id = Column(Integer, primary_key=True)\n    a = Column(String(9), index=True)",
            "sqlalchemy table: id Integer unique, a String null index",
        ),
        (
            "from typing import Optional\nfrom sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\nclass Base(DeclarativeBase): pass\nclass It(Base):\n    a: Mapped[int] = mapped_column(unique=True)\n    b: Mapped[Optional[str]] = mapped_column(default='x')",
            "sqlalchemy table: a int unique, b str null default",
        ),
        (
            "from tortoise import fields\nfrom tortoise.models import Model\nclass It(Model):\n    id = fields.IntField(pk=True)\n    a = fields.CharField(9, null=True)",
            "tortoise table: id IntField unique, a CharField null",
        ),
        (
            "import peewee\nclass It(peewee.Model):\n    a = peewee.CharField(unique=True, default='')",
            "peewee table: a CharField unique default",
        ),
        (
            "from pydantic import BaseModel, Field\nclass It(BaseModel):\n    a: int\n    b: str | None = None\n    c: list[int] = Field(default_factory=list)",
            "pydantic schema: a int, b str null default, c list default",
        ),
        ("import strawberry\n@strawberry.type\nclass It:\n    a: int", "strawberry schema: a int"),
        (
            "from rest_framework import serializers\nclass It(serializers.Serializer):\n    a = serializers.CharField(default='x', allow_null=True)",
            "django-rest-framework schema: a CharField null default",
        ),
        ("class It(Unknown):\n    a: int", ""),
    ]);
}
