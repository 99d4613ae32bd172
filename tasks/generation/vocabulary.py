"""The words the generator knows. Data only: reading them is the business of the other modules.

All lists are lower case, in base forms: inflection is dropped before anything is looked up (`meaning.stem`).
"""


def listed(names: str) -> list[str]:
    """The names of a list with commas, over as many lines as it takes."""
    return [name.strip() for name in names.replace("\n", " ").split(",")]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# --- Verbs ------------------------------------------------------------------------------------------------------------

# Verbs that open an instruction. The stage says when in a piece of work one does such a thing (`lists.STAGES`).
VERBS = {
    "understand": """clarify, collect, gather, identify, investigate, understand, read, study, research, analyse,
        analyze, explore, reproduce, interview, survey, ask, find, look, discover, examine, inspect, learn, observe,
        assess, audit""",
    "plan": """agree, choose, decide, define, determine, draft, estimate, outline, plan, propose, scope, select,
        sketch, specify, split, break, prioritise, prioritize, brainstorm, compare, evaluate, consider, list, map,
        schedule, set, budget, shortlist, model""",
    "prepare": """prepare, install, configure, provision, order, book, invite, reserve, request, obtain, acquire,
        back, freeze, assign, hire, recruit, arrange, organise, organize, print, buy, purchase, contact, download,
        clone, enable, get, brief""",
    "do": """accept, adapt, add, adjust, aggregate, align, allow, annotate, answer, apply, archive, attach,
        automate, backfill, ban, block, bring, build, bump, cache, calculate, calibrate, call, capture, carry,
        certify, change, charge, clean, clear, close, code, colour, combine, compile, complete, compose, compress,
        compute, connect, consolidate, containerise, convert, copy, correct, count, cover, create, customise,
        customize, cut, debug, decorate, decouple, deduplicate, delegate, delete, deliver, deprecate, design,
        detect, develop, disable, discuss, display, divide, dockerise, draw, drop, edit, eliminate, embed, encrypt,
        enforce, enhance, enter, escalate, establish, exclude, execute, expand, export, expose, extend, extract,
        facilitate, fetch, fill, film, filter, finalise, finalize, finish, fix, format, forward, generate, give,
        grant, group, handle, harden, hash, hide, highlight, hold, hook, host, implement, import, improve, include,
        increase, index, insert, integrate, introduce, issue, iterate, join, keep, label, lead, let, limit, link,
        load, localise, localize, lock, log, lower, maintain, make, mark, mention, merge, migrate, minimise,
        minimize, mirror, mock, moderate, modify, move, name, negotiate, normalise, normalize, offer, onboard, open,
        optimise, optimize, override, pack, paginate, paint, parse, patch, pay, phone, pick, pitch, plant, populate,
        port, produce, program, protect, prototype, provide, prune, pull, push, put, quote, raise, rank, rate,
        reassign, receive, reconcile, record, redesign, redirect, redo, reduce, refactor, refill, refine, register,
        reject, reload, remove, rename, render, renew, rent, reorganise, repair, replace, reply, reset, resize,
        resolve, respond, restock, restore, restrict, restructure, retrieve, retry, return, reuse, revise, revoke,
        rewrite, roll, rotate, route, run, sample, sanitise, sanitize, save, scale, scan, scrape, secure, seed,
        segment, sell, separate, serve, shoot, shorten, show, simplify, solve, sort, source, speak, spend,
        standardise, standardize, start, sterilise, stop, store, stream, strip, submit, support, swap, switch, sync,
        synchronise, synchronize, tag, take, talk, teach, throttle, tidy, track, train, transcribe, transfer,
        transform, translate, triage, trim, tune, turn, tweak, unify, uninstall, unpack, update, upgrade, upload,
        use, visit, visualise, visualize, wash, water, wire, work, wrap, write""",
    "check": """check, confirm, ensure, validate, verify, test, measure, monitor, prove, benchmark, double-check,
        watch, retest, profile, simulate, proofread, cross-check, rehearse, try""",
    "review": "review, approve, sign, reflect, revisit",
    "record": "document, describe, explain, summarise, summarize, note, report, comment",
    "deliver": """deploy, release, publish, ship, launch, announce, send, share, present, inform, notify, tell,
        hand, communicate, email, e-mail, advertise, promote, demonstrate, demo, post, follow, decommission, cancel,
        distribute, circulate, mail, remind""",
}

# Verbs that are as often nouns: "test results are stored" is no instruction.
ALSO_NOUNS = frozenset(
    listed(
        """access, address, archive, audit, back, ban, benchmark, block, book, break, brief, budget, cache, call,
    change, check, clone, code, colour, comment, contact, copy, count, cut, demo, design, display, document,
    download, draft, drop, edit, email, estimate, export, extract, film, filter, finish, fix, format, forward,
    group, hand, hash, hide, highlight, hire, hold, hook, host, import, increase, index, interview, issue, join,
    label, lead, limit, link, list, load, lock, log, look, lower, mail, map, mark, measure, merge, mock, model,
    monitor, move, name, note, offer, open, order, outline, paint, patch, pay, pick, pitch, plan, port, position,
    post, present, print, process, produce, profile, program, prototype, pull, purchase, push, raise, reach,
    record, redirect, release, reply, report, request, research, reset, return, review, route, run, save, scale,
    scan, schedule, scope, scrape, search, seed, select, set, ship, show, sign, sketch, sort, source, split, start,
    stop, store, stream, study, support, survey, swap, switch, sync, tag, test, track, train, transfer, try, turn,
    update, upgrade, upload, use, visit, watch, work, wrap, roll, separate, clean, complete, correct, open, close,
    free, live"""
    )
)

# … and these even at the start, unless a determiner follows: "email campaign", "code review".
FIRST_NOUNS = frozenset(
    listed(
        """email, e-mail, mail, post, budget, film, host, model, code, profile, program, colour, format, survey, study,
    issue, water, plant, rate, sample, quote, phone, rank"""
    )
)
# What these are done to belongs together: "compare A, B and C" is one step.
TOGETHER = {"compare", "combine", "merge", "group", "choose", "align", "link", "connect", "discuss", "invite", "ask"}
# A title that names one of these wants it fixed, not made.
FAULTS = {"bug", "crash", "leak", "error", "regression", "exception", "failure", "deadlock", "typo", "outage", "glitch"}

# --- Small words ------------------------------------------------------------------------------------------------------

# Say nothing about whether two items mean the same.
FILLERS = _words(
    """a an the this that these those of to for in on at by with and or as is are be been being was were am it its
    our your their my his her we us you they them i me he she please kindly just also then so all any some each
    every both very really properly correctly carefully quickly fully actually basically new should must shall will
    would could can may might need ought let lets there here which who whom whose if whether into onto upon about
    per via etc eg ie do does did has have had first next finally again too more s t necessary appropriate relevant"""
)

# The next word is meant the other way round: "from A to B" is not "from B to A".
TURNING = {"from", "before", "after", "without", "not", "no", "never", "until", "unless", "except", "instead"}

DETERMINERS = _words(
    "a an the this that these those our your their its his her my all each every any some both no new two three "
    "four five"
)
PREPOSITIONS = _words(
    "of to for in on at by with from into onto about via per under over between during without within after before "
    "against across through using as until regarding concerning including"
)
MODALS = ("must", "should", "shall", "ought to", "needs to", "need to", "has to", "have to", "is to", "are to")
# Whoever works on the card: what they must do is an instruction.
WORKERS = {
    "we", "you", "i", "someone", "somebody", "team", "the team", "our team", "developers", "the developers",
    "the developer", "one", "everyone", "the assignee", "assignee", "whoever takes this", "also we", "first we",
    "then we", "designers", "testers", "engineers",
}  # fmt: skip
# Words a sentence about how things are has, and an instruction has not.
FINITE = _words(
    "is are was were isn't aren't has hasn't had does doesn't did didn't can can't cannot will won't works work fails "
    "fail must should shall exists appears happens stays remains gets becomes seems lets contains passes opens "
    "closes loads matches receives sees understands knows wants goes comes allows belongs"
)
PLURALS = {"they", "we", "you", "i", "people", "data", "criteria", "staff", "both", "all", "those", "these", "children"}
NOT_PLURAL = {"this", "css", "access", "process", "business", "status", "address", "analysis", "aws", "news", "https"}

# Said before the point is reached.
LEAD_INS = listed(
    """please, kindly, also, then, next, first, firstly, second, secondly, third, thirdly, finally, lastly,
    afterwards, after that, in addition, additionally, furthermore, moreover, and, and then, but, so, ideally,
    basically, now, todo, to do, to-do, task, tasks, goal, aim, objective, the goal is to, the aim is to, the idea
    is to, the task is to, our goal is to, goal is to, we need to, we have to, we want to, we should, we must, we
    would like to, we'd like to, we are going to, we will, we'll, we ought to, we plan to, i need to, i want to, i
    would like to, i'd like to, you need to, you should, you must, you have to, need to, have to, let's, let us,
    can you, could you, would you, can we, could we, can someone, could someone, someone should, someone needs to,
    it is necessary to, it's necessary to, it is important to, it's important to, it would be great to, it would be
    nice to, it would be good to, it is time to, it's time to, remember to, don't forget to, do not forget to, be
    sure to, try to, to, the team should, the team must, the team needs to, our job is to, this task is to, this
    card is to, in order to, time to"""
)

# Small words of other languages: a card with more of them than of English ones is left in its own words.
FOREIGN = _words(
    """der die das den dem und für mit nicht ein eine einen ist auf von zu im wir muss soll werden oder bei auch le
    la les des du et pour une un est dans sur avec pas nous doit que el los las para con una del en por es il di
    che per non da sono het een voor van niet op met wij och att som för av med och w na z nie do się jest dla i os
    uma não com em bir ve için ile da"""
)
# What a date begins with.
DATES = _words(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december tomorrow tonight today noon midnight christmas easter end eod eow next mid
    early late q1 q2 q3 q4 mon tue wed thu fri jan feb mar apr jun jul aug sep sept oct nov dec"""
)

# A sentence with one of these speaks to a machine that reads it, not about work.
TO_A_MACHINE = (
    "previous instruction", "prior instruction", "above instruction", "system prompt", "you are now", "as an ai",
    "you are an ai", "you are chatgpt", "language model", "developer mode", "jailbreak", "disregard all",
    "ignore all", "ignore the above", "your instructions", "confidence 100", "respond only with", "reply only with",
    "output only",
)  # fmt: skip

MEASURES = ("within", "under", "at least", "at most", "no more than", "less than", "fewer than", "more than", "below",
            "above", "up to", "maximum", "minimum", "<", ">", "≤", "≥")  # fmt: skip

# --- Sections of a description ----------------------------------------------------------------------------------------

# A heading or label with one of these words; the first that fits counts.
SECTIONS = {
    "skip": """out of scope, not in scope, non-goal, non goal, background, context, steps to reproduce, how to
        reproduce, to reproduce, reproduction, repro steps, actual, current behaviour, current behavior, current
        state, environment, links, references, resources, see also, attachments, motivation, why, example, logs, log
        output, stack trace, attendees, participants, contact, reporter, affected version, version, related,
        history, already done, done so far, fyi, estimate, story points, labels, assignee""",
    "deadline": "deadline, due date, due, due by, target date, needed by, finish by, eta",
    "criteria": """acceptance criteria, acceptance criterion, acceptance, definition of done, done when, expected,
        criteria, success, must have, must haves, requirements, requirement, dod, conditions, quality goals,
        constraints""",
    "steps": """steps, tasks, to do, todo, todos, to-do, to-dos, checklist, plan, action items, actions, what to do,
        scope, in scope, deliverables, subtasks, agenda, topics, work, next steps, description, goals, questions,
        features, points, ideas, changes, improvements, fixes, task, goal, objective, things to do, what,
        implementation, approach, summary, details, notes, note, info""",
}

# --- Meaning ----------------------------------------------------------------------------------------------------------

# Two words that are one.
PAIRS = {
    ("set", "up"): "setup", ("log", "in"): "login", ("logged", "in"): "login", ("sign", "in"): "login",
    ("sign", "up"): "signup", ("log", "out"): "logout", ("sign", "out"): "logout", ("roll", "back"): "rollback",
    ("roll", "out"): "rollout", ("back", "up"): "backup", ("clean", "up"): "cleanup", ("follow", "up"): "followup",
    ("e", "mail"): "email", ("make", "sure"): "check", ("making", "sure"): "check", ("double", "check"): "check",
    ("front", "end"): "frontend", ("back", "end"): "backend", ("web", "site"): "website", ("mock", "up"): "mockup",
    ("to", "do"): "todo", ("kick", "off"): "kickoff", ("stand", "up"): "standup", ("check", "list"): "checklist",
    ("web", "hook"): "webhook", ("road", "map"): "roadmap", ("carry", "out"): "perform", ("drop", "down"): "dropdown",
    ("setting", "up"): "setup", ("rolling", "out"): "rollout", ("time", "zone"): "timezone",
    ("micro", "service"): "microservice", ("data", "base"): "database", ("wire", "frame"): "wireframe",
    ("hand", "over"): "handover", ("sign", "off"): "signoff", ("re", "test"): "retest",
}  # fmt: skip

# One word for several that mean the same on a checklist.
SAME = {
    "make": "create, build, implement, develop, add, write, code, introduce, produce, construct",
    "check": "verify, confirm, ensure, validate, validation, verification",
    "remove": "delete, eliminate, drop, removal, deletion",
    "fix": "repair, resolve, correct, solve",
    "update": "change, modify, edit, adjust, adapt, amend, revise",
    "deploy": "release, rollout, ship, deployment",
    "setup": "configure, configuration, config, install, installation, establish",
    "perform": "conduct, execute, run, do",
    "improve": "optimise, enhance, optimisation, improvement, enhancement, optimize",
    "choose": "select, pick, selection, choice",
    "document": "documentation, docs, doc",
    "authentication": "auth, authenticate",
    "register": "registration, signup",
    "requirement": "spec, specification, requirements",
    "bug": "defect, fault, issue, problem",
    "database": "db",
    "application": "app",
    "repository": "repo",
    "environment": "env",
    "development": "dev",
    "production": "prod, live",
    "colleague": "peer, coworker, teammate",
    "analyse": "analyze, analysis",
    "organise": "organize, arrange",
    "colour": "color",
    "behaviour": "behavior",
    "centre": "center",
    "criterion": "criteria",
    "plan": "planning, planned",
    "review": "reviewer, reread",
    "information": "info",
    "send": "forward, dispatch",
    "tell": "inform, notify",
    "test": "tests, testing, tested",
    "authorisation": "authorization, authz",
}

# Forms no rule finds, and words a rule would wreck.
IRREGULAR = {
    "written": "write", "wrote": "write", "built": "build", "ran": "run", "sent": "send", "made": "make",
    "chosen": "choose", "chose": "choose", "drawn": "draw", "held": "hold", "met": "meet", "found": "find",
    "kept": "keep", "taken": "take", "took": "take", "done": "do", "did": "do", "gave": "give", "given": "give",
    "told": "tell", "shown": "show", "thought": "think", "bought": "buy", "taught": "teach", "broken": "broken",
    "analyses": "analysis", "indices": "index", "men": "man", "children": "child", "understood": "understand",
    "production": "production", "setting": "setting", "settings": "setting", "building": "building",
    "news": "news", "string": "string", "does": "do", "minutes": "minutes", "meeting": "meeting", "meetings": "meeting",
    "testing": "test", "migrations": "migrate", "sales": "sales", "teams": "team", "chosed": "choose",
    "invitation": "invite", "participants": "participant", "planning": "planning", "onboarding": "onboard",
    "hosting": "hosting", "training": "training", "billing": "billing", "station": "station", "pros": "pros", "cons":
    "cons",
    "retro": "retro", "redis": "redis", "kubernetes": "kubernetes", "k8s": "kubernetes", "postgres": "postgresql",
}  # fmt: skip

# --- Wording ----------------------------------------------------------------------------------------------------------

# Things there is one of: "the login page", but "user authentication".
COUNTED = _words(
    """page system form button endpoint meeting workshop server database api app application website site service
    module component feature plan report dashboard pipeline campaign newsletter logo brochure flyer poster banner
    crash bug error leak problem fault process schema table function class library script tool widget menu header
    footer interface layout screen flow prototype wireframe mockup integration migration upgrade release event
    conference call interview kickoff retrospective webinar demo presentation survey study proposal contract
    invoice budget policy template guide handbook list calendar backup cluster domain certificate queue cache cron
    job webhook filter checkout cart wizard modal dropdown chart map gallery blog article post video trailer
    catalogue portal intranet shop store contest party trip offsite office kitchen room desk machine printer router
    switch sensor board device model dataset column row sync standup server index query import export notification
    email message search algorithm parser plugin extension theme icon homepage journey strategy roadmap session
    training course exam account subscription refund order package label sign review registry runbook environment
    profile picture password token key role permission timeout deadlock regression"""
)

# Names that keep their capital where a sentence would not.
NAMES = _words(
    """android ansible apple april august azure bitbucket chrome christmas december django docker easter english
    europe excel facebook february figma firefox flutter friday german germany github gitlab google grafana
    instagram january java javascript jenkins jira july june kafka kotlin kubernetes linkedin linux london march
    may microsoft monday mongodb mysql nginx notion november october oracle outlook paris paypal playwright
    postgres postgresql python rails react redis ruby rust safari salesforce sap saturday selenium september
    shopify slack spain stripe sunday swift teams tailwind terraform thursday trello tuesday twitter typescript vue
    wednesday windows wordpress youtube zapier zendesk zoom french france british spanish italian dutch polish
    celery sentry prometheus"""
)

# What one does with a bare thing ("login page") on a card of this type.
VERB_OF_TYPE = {
    "development": "Implement", "design": "Design", "testing": "Test", "research": "Look into",
    "deployment": "Complete", "meeting": "Discuss", "general": "Complete",
}  # fmt: skip
# Verbs that are the doing itself there, whatever stage they belong to elsewhere.
CORE_VERBS = {
    "development": {"model"},
    "design": {"sketch", "draft", "outline", "present"},
    "testing": {"test", "check", "verify", "validate", "confirm", "measure", "retest", "reproduce", "try", "simulate"},
    "research": {"ask", "research", "investigate", "compare", "evaluate", "interview", "survey", "analyse",
    "explore", "study",
                 "read", "collect", "gather", "identify", "find", "look", "measure", "benchmark", "assess", "examine"},
    "deployment": {"deploy", "release", "install", "configure", "provision", "publish", "launch", "ship", "set"},
    "meeting": {"agree", "decide", "discuss", "present", "review", "plan", "choose", "prioritise", "go"},
    "general": {"explain", "describe", "document", "summarise", "report", "note", "order", "book", "buy", "purchase",
    "contact", "send", "arrange", "organise"},
}  # fmt: skip
# Where the subject of a title ends.
SUBJECT_ENDS = (
    " so that ", " because ", " by ", " before ", " until ", " after ", " when ", " which ", " that ", " to ", " for ",
    " about ", " from ", " using ", " since ", " with ", " via ", " - ", " – ", " — ", ": ", " (", ", ", ". ", "? ",
)  # fmt: skip
# What commits and tickets are labelled with, before a colon.
LABELS_OF_COMMITS = "feat, feature, fix, bug, chore, docs, refactor, perf, test, ci, task, story, epic, todo"
